/**
 * Holds the state of one proxied request.
 *
 * <p>{@link ProxyExchange} is the only implementation of the plugin interface {@link io.gatehouse.plugin.Exchange}. State that
 * the proxy needs and plugins must not change is in the class, not in the interface. {@link ClientRequest} holds what the client sent, {@link
 * ForwardedRequest} what the upstream receives. Decisions about the request do not belong here.
 *
 * <p>Start with {@link ProxyExchange}.
 */
@NullMarked
package io.gatehouse.proxy.exchange;

import org.jspecify.annotations.NullMarked;
