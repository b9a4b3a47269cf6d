/**
 * Implements the {@code hmac-auth} plugin, which authenticates requests by their signature.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link HmacAuthHandler}.
 */
@NullMarked
package io.gatehouse.plugin.hmacauth;

import org.jspecify.annotations.NullMarked;
