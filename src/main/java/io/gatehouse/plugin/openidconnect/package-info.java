/**
 * Implements the {@code openid-connect} plugin, which authenticates the tokens of an OpenID provider.
 *
 * <p>Other plugins and the proxy do not belong here.
 *
 * <p>Start with {@link OpenIdConnectHandler}.
 */
@NullMarked
package io.gatehouse.plugin.openidconnect;

import org.jspecify.annotations.NullMarked;
