/**
 * Implements the {@code openid-connect} plugin, which authenticates requests and browsers at an OpenID provider.
 *
 * <p>What reads the provider is in {@code provider}. Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link OpenIdConnectFactory} and {@link OpenIdConnectHandler}.
 */
@NullMarked
package io.gatehouse.plugin.openidconnect;

import org.jspecify.annotations.NullMarked;
