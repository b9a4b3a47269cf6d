/**
 * Implements the {@code basic-auth} plugin, which authenticates by username and password (RFC 7617).
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link BasicAuthHandler}.
 */
@NullMarked
package io.gatehouse.plugin.basicauth;

import org.jspecify.annotations.NullMarked;
