/**
 * Implements the {@code jwt} plugin, which verifies tokens that Consumers sign themselves (RFC 7519).
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link JwtHandler}.
 */
@NullMarked
package io.gatehouse.plugin.jwt;

import org.jspecify.annotations.NullMarked;
