package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Reads the metadata of a provider (OpenID Connect Discovery 1.0 §4) and then its keys. */
final class Discovery {
    private static final String WELL_KNOWN = "/.well-known/openid-configuration";

    private final Documents documents;
    private final String issuer;
    private final String url;

    /** {@code configured} is the issuer, or the URL of its metadata. */
    Discovery(Documents documents, String configured) {
        this.documents = documents;
        boolean isMetadata = configured.endsWith(WELL_KNOWN);
        this.issuer = isMetadata ? configured.substring(0, configured.length() - WELL_KNOWN.length()) : configured;
        this.url = isMetadata
                ? configured
                : (configured.endsWith("/") ? configured.substring(0, configured.length() - 1) : configured)
                        + WELL_KNOWN;
    }

    Future<KeySet> read(@Nullable KeySet before) {
        return documents.get(url).compose(metadata -> {
            String endpoint = keysEndpoint(metadata);
            return documents.get(endpoint).compose(keys -> {
                long now = System.nanoTime();
                return documents.onWorker(() -> KeySet.of(issuer, Endpoints.of(metadata, issuer), keys, before, now));
            });
        });
    }

    /** Discovery §4.3: the issuer has to be exactly the configured one. */
    private String keysEndpoint(JsonObject metadata) {
        if (!issuer.equals(metadata.getValue("issuer"))) {
            throw new ProviderFailure("the metadata is of another issuer");
        }
        if (!(metadata.getValue("jwks_uri") instanceof String endpoint) || !Endpoints.isHttp(endpoint)) {
            throw new ProviderFailure("the metadata has no http or https jwks_uri");
        }
        // RFC 8414 §2. A response in clear text could be anyone's, and it has the keys of an issuer behind TLS.
        if (issuer.startsWith("https:") && !endpoint.startsWith("https:")) {
            throw new ProviderFailure("the jwks_uri of an https issuer is not https");
        }
        return endpoint;
    }
}
