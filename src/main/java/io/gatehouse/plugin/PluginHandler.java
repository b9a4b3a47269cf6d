package io.gatehouse.plugin;

import io.vertx.core.Future;

/**
 * Handles the requests that a configured plugin covers.
 *
 * <p><i>Threading</i>: all event loops share one handler for each configuration.
 */
public interface PluginHandler {
    /** The constant result of a handler that completes synchronously. */
    Future<Outcome> CONTINUE = Future.succeededFuture(new Outcome.Continue());

    /**
     * Continues with the request, responds to it, or rejects it with a {@link ProxyException} or an
     * {@link io.gatehouse.oauth.OAuth2Exception}.
     *
     * <p>A request that may have a body is paused. A handler reads its body only through {@link Exchange#readBody}.
     */
    Future<Outcome> handle(Exchange exchange);

    /** Whether it serves the {@link MetadataDocument}s of the route. */
    default boolean servesMetadata() {
        return false;
    }
}
