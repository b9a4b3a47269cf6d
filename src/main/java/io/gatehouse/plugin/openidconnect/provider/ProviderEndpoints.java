package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the endpoints of a provider for one client: those of the configuration precede those of the metadata. Immutable.
 *
 * <p>Each future fails with {@link ProviderFailure} if the provider has no such endpoint, and as {@link Provider#published} does.
 */
final class ProviderEndpoints {
    private final Provider provider;
    private final Document config;
    private final boolean isByCertificate;

    ProviderEndpoints(Provider provider, Document config, boolean isByCertificate) {
        this.provider = provider;
        this.config = config;
        this.isByCertificate = isByCertificate;
    }

    Future<String> token(String requestId) {
        return found("token_endpoint", Endpoints::tlsToken, Endpoints::token, requestId);
    }

    Future<String> introspection(String requestId) {
        return found("introspection_endpoint", Endpoints::tlsIntrospection, Endpoints::introspection, requestId);
    }

    Future<String> userinfo(String requestId) {
        return published("userinfo_endpoint", Endpoints::userinfo, requestId);
    }

    /** With a certificate, the alias for such clients precedes even the configured endpoint: only there it authenticates. */
    private Future<String> found(
            String name,
            Function<Endpoints, @Nullable String> alias,
            Function<Endpoints, @Nullable String> usual,
            String requestId) {
        if (!isByCertificate) {
            return published(name, usual, requestId);
        }
        String own = config.optionalString("mtls_" + name);
        if (own != null) {
            return Future.succeededFuture(own);
        }
        return provider.published(requestId).map(known -> {
            String published = alias.apply(known.endpoints());
            String configured = config.optionalString(name);
            return published != null
                    ? published
                    : configured != null ? configured : Endpoints.require(usual.apply(known.endpoints()), name);
        });
    }

    /** A configured endpoint needs no metadata. */
    private Future<String> published(String name, Function<Endpoints, @Nullable String> usual, String requestId) {
        String configured = config.optionalString(name);
        return configured != null
                ? Future.succeededFuture(configured)
                : provider.published(requestId).map(known -> Endpoints.require(usual.apply(known.endpoints()), name));
    }
}
