/**
 * Implements the {@code key-auth} plugin, which authenticates Consumers by API key.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link KeyAuthHandler}.
 */
@NullMarked
package io.gatehouse.plugin.keyauth;

import org.jspecify.annotations.NullMarked;
