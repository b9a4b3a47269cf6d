package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Holds the endpoints of a provider's metadata. One that is absent, or not as safe as the issuer, is null.
 *
 * @param namesIssuer whether authorization responses contain {@code iss} (RFC 9207)
 * @param tlsToken the token endpoint for clients with a certificate (RFC 8705 §5)
 * @param tlsIntrospection likewise
 */
public record Endpoints(
        @Nullable String authorization,
        @Nullable String token,
        @Nullable String introspection,
        @Nullable String userinfo,
        @Nullable String endSession,
        boolean namesIssuer,
        @Nullable String tlsToken,
        @Nullable String tlsIntrospection) {

    static Endpoints of(JsonObject metadata, String issuer) {
        JsonObject aliases =
                metadata.getValue("mtls_endpoint_aliases") instanceof JsonObject object ? object : new JsonObject();
        return new Endpoints(
                endpoint(metadata.getValue("authorization_endpoint"), issuer),
                endpoint(metadata.getValue("token_endpoint"), issuer),
                endpoint(metadata.getValue("introspection_endpoint"), issuer),
                endpoint(metadata.getValue("userinfo_endpoint"), issuer),
                endpoint(metadata.getValue("end_session_endpoint"), issuer),
                Boolean.TRUE.equals(metadata.getValue("authorization_response_iss_parameter_supported")),
                endpoint(aliases.getValue("token_endpoint"), issuer),
                endpoint(aliases.getValue("introspection_endpoint"), issuer));
    }

    private static @Nullable String endpoint(@Nullable Object value, String issuer) {
        return value instanceof String url && isHttp(url) && !(issuer.startsWith("https:") && !url.startsWith("https:"))
                ? url
                : null;
    }

    /** Returns whether the text is an absolute http or https URL, in ASCII: it becomes a header. */
    static boolean isHttp(String text) {
        try {
            URI uri = new URI(text);
            return ("https".equals(uri.getScheme()) || "http".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && text.chars().allMatch(c -> c > ' ' && c < 127);
        } catch (URISyntaxException e) {
            return false;
        }
    }

    public String requireAuthorization() {
        return require(authorization, "authorization_endpoint");
    }

    static String require(@Nullable String endpoint, String name) {
        if (endpoint == null) {
            throw new ProviderFailure("the metadata has no usable " + name);
        }
        return endpoint;
    }
}
