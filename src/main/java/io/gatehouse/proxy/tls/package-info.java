/**
 * Chooses certificates: for clients by SNI, for upstreams by Service.
 *
 * <p>Start with {@link SniKeyManager}.
 */
@NullMarked
package io.gatehouse.proxy.tls;

import org.jspecify.annotations.NullMarked;
