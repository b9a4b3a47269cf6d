/**
 * Serves the plugin's endpoints on nodes of the token-issuer role: the authorization server of RFC 6749.
 *
 * <p>Requests come from proxies over the event bus. Transport and encoding are the proxy's concern; SQL is that of the store.
 *
 * <p>Start with {@link TokenIssuerVerticle}.
 */
@NullMarked
package io.gatehouse.issuer;

import org.jspecify.annotations.NullMarked;
