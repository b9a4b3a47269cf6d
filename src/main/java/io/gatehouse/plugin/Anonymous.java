package io.gatehouse.plugin;

import io.gatehouse.catalog.Catalog;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * What an authentication plugin's {@code anonymous} says: without it, every such plugin on a route must succeed; with it,
 * one is enough, and a consumer stands in where none did (docs/reference/plugins.md#several-authentication-plugins).
 */
public final class Anonymous {
    private final @Nullable String configured;
    private final @Nullable Identity identity;

    private Anonymous(@Nullable String configured, @Nullable Identity identity) {
        this.configured = configured;
        this.identity = identity;
    }

    /** {@code configured}: the id or username of the consumer, or null. */
    public static Anonymous of(@Nullable String configured, Catalog catalog) {
        Identity identity = configured == null
                ? null
                : catalog.anonymousConsumer(configured).map(Identity::anonymous).orElse(null);
        return new Anonymous(configured, identity);
    }

    /** Whether another plugin knows already who the request is from, and that is enough. */
    public boolean isSatisfied(Exchange exchange) {
        Identity known = exchange.identity();
        return configured != null && known != null && !known.isAnonymous();
    }

    /** The refusal, or the consumer that stands in for whoever could not show who they are. */
    public Future<Outcome> refuse(Exchange exchange, RuntimeException refusal) {
        if (configured == null) {
            return Future.failedFuture(refusal);
        }
        if (identity == null) {
            return Future.failedFuture(ProxyError.INTERNAL.saying(
                    "anonymous consumer " + configured + " is configured but doesn't exist"));
        }
        exchange.identity(identity);
        return PluginHandler.CONTINUE;
    }
}
