package io.gatehouse.plugin;

import io.vertx.core.Future;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

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

    /**
     * Is called in place of {@link #handle} if an earlier plugin has responded to the request or rejected it, or if the gateway rejects it
     * before its plugins run. A handler that changes every response with {@link Exchange#editResponseHead} does so here too.
     */
    default void skipped(Exchange exchange) {}

    /** Returns the phase that changes responses; null if the plugin has none with this configuration. */
    default @Nullable ResponsePhase responsePhase() {
        return null;
    }

    /** Returns the phase that logs requests; null if the plugin has none with this configuration. */
    default @Nullable LogPhase logPhase() {
        return null;
    }

    /** Returns the names of the headers, query parameters and cookies from which it reads credentials. */
    default Collection<String> secretNames() {
        return List.of();
    }

    /**
     * Returns the names of the query parameters that it writes with secrets of its configuration. Clients may send parameters of these names
     * that are no secrets.
     */
    default Collection<String> secretsWritten() {
        return List.of();
    }

    /**
     * Whether it traces requests. The node itself then exports no spans of the requests that it covers, and begins no trace for
     * their upstreams.
     */
    default boolean traces() {
        return false;
    }

    /** Whether it serves the {@link io.gatehouse.routing.MetadataDocument}s of the route. */
    default boolean servesMetadata() {
        return false;
    }
}
