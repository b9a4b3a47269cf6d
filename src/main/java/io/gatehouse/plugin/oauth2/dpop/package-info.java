/**
 * Checks DPoP proofs (RFC 9449) on the proxy: their form, what they are for, their nonces and signatures, and that each is used once.
 *
 * <p>Which tokens need a proof, and how a client gets the errors, does not belong here.
 *
 * <p>Start with {@link Proofs}.
 */
@NullMarked
package io.gatehouse.plugin.oauth2.dpop;

import org.jspecify.annotations.NullMarked;
