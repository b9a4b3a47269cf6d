package io.gatehouse.plugin;

import io.gatehouse.catalog.Catalog;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/**
 * Applies {@code anonymous} of an authentication plugin (docs/reference/plugins.md#several-authentication-plugins).
 *
 * <p>Without it, every authentication plugin of a route must succeed. With it, one is sufficient; if none succeeds, the request has
 * the anonymous Consumer.
 */
public final class Anonymous {
    private final @Nullable String configured;
    private final @Nullable Identity identity;

    private Anonymous(@Nullable String configured, @Nullable Identity identity) {
        this.configured = configured;
        this.identity = identity;
    }

    /**
     * Resolves the Consumer.
     *
     * @param configured its id or username; null without {@code anonymous}
     */
    public static Anonymous of(@Nullable String configured, Catalog catalog) {
        Identity identity = configured == null
                ? null
                : catalog.anonymousConsumer(configured).map(Identity::anonymous).orElse(null);
        return new Anonymous(configured, identity);
    }

    /** Returns whether another plugin has authenticated the request, and that is sufficient. */
    public boolean isSatisfied(Exchange exchange) {
        Identity authenticated = exchange.identity();
        return configured != null && authenticated != null && !authenticated.isAnonymous();
    }

    /** Rejects the request, or continues with the anonymous Consumer. */
    public Future<Outcome> reject(Exchange exchange, RuntimeException rejection) {
        if (configured == null) {
            return Future.failedFuture(rejection);
        }
        if (identity == null) {
            return Future.failedFuture(ProxyError.INTERNAL.withMessage(
                    "anonymous consumer " + configured + " is configured but doesn't exist"));
        }
        exchange.identity(identity);
        return PluginHandler.CONTINUE;
    }
}
