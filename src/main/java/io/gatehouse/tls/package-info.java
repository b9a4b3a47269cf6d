/**
 * Reads and writes private keys and certificates in PEM, with Bouncy Castle.
 *
 * <p>Reads no file and opens no connection. The only package of the bottom row that depends on Bouncy Castle.
 *
 * <p>Start with {@link PemPrivateKey}.
 */
@NullMarked
package io.gatehouse.tls;

import org.jspecify.annotations.NullMarked;
