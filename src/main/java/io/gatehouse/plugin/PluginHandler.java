package io.gatehouse.plugin;

import io.vertx.core.Future;

/** The data-path half of a plugin, made once per configuration. Runs for every proxied request it covers. */
public interface PluginHandler {
    /** The answer of a handler that had nothing to wait for; made once. */
    Future<Outcome> CONTINUE = Future.succeededFuture(new Outcome.Continue());

    /**
     * Lets the request go on, answers it, or refuses it by failing with a {@link ProxyException} or an
     * {@link io.gatehouse.oauth.OAuth2Exception}. The request is paused: a handler that reads the body does so through
     * {@link Exchange#readBody}.
     */
    Future<Outcome> handle(Exchange exchange);

    /** Whether it serves the {@link MetadataDocument}s of the route. */
    default boolean servesMetadata() {
        return false;
    }
}
