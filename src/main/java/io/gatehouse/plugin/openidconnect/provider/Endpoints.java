package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Holds the endpoints of a provider's metadata. One that is absent, or not as safe as the issuer, is null.
 *
 * @param namesIssuer whether authorization responses contain {@code iss} (RFC 9207)
 */
public record Endpoints(
        @Nullable String authorization,
        @Nullable String token,
        @Nullable String endSession,
        boolean namesIssuer) {

    static Endpoints of(JsonObject metadata, String issuer) {
        return new Endpoints(
                endpoint(metadata.getValue("authorization_endpoint"), issuer),
                endpoint(metadata.getValue("token_endpoint"), issuer),
                endpoint(metadata.getValue("end_session_endpoint"), issuer),
                Boolean.TRUE.equals(metadata.getValue("authorization_response_iss_parameter_supported")));
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

    String requireToken() {
        return require(token, "token_endpoint");
    }

    private static String require(@Nullable String endpoint, String name) {
        if (endpoint == null) {
            throw new ProviderFailure("the metadata has no usable " + name);
        }
        return endpoint;
    }
}
