package io.gatehouse.issuer;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where an answer may be sent (RFC 6749 §3.1.2), and how it is written into the URI. */
final class RedirectUris {
    private RedirectUris() {}

    /**
     * The URI asked for, which must be a registered one to the letter; the first registered when none was.
     *
     * @throws OAuth2Exception {@code invalid_request} when it is another
     */
    static String choose(Client client, @Nullable Object asked) {
        if (asked == null || asked.equals("")) {
            return client.redirectUris().get(0);
        }
        if (asked instanceof String uri && client.redirectUris().contains(uri)) {
            return uri;
        }
        throw OAuth2Error.INVALID_REQUEST.because(
                "Invalid redirect_uri that does not match with any redirect_uri created with the application");
    }

    /** RFC 6749 §4.1.2: added to the query, which stays as it is otherwise. */
    static String withQuery(String uri, Map<String, Object> parameters) {
        String separator = uri.endsWith("?") || uri.endsWith("&") ? "" : uri.contains("?") ? "&" : "?";
        return uri + separator + encoded(parameters);
    }

    /** RFC 6749 §4.2.2: a fragment never reaches the server. */
    static String withFragment(String uri, Map<String, Object> parameters) {
        return uri + "#" + encoded(parameters);
    }

    private static String encoded(Map<String, Object> parameters) {
        return parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "="
                        + URLEncoder.encode(parameter.getValue().toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
