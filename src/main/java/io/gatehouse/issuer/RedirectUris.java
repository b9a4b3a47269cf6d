package io.gatehouse.issuer;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.syntax.form.UrlEncoded;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Chooses the redirect URI of an authorization response (RFC 6749 §3.1.2), and adds the parameters to it. */
final class RedirectUris {
    static final String MISMATCH =
            "Invalid redirect_uri that does not match with any redirect_uri created with the application";

    static final String CLEAR_TEXT = "redirect_uri must not be http, except on the loopback interface";

    static final String NONE = "The client has no redirect_uri";

    static final String AMBIGUOUS = "The client has several redirect_uris and has to name one";

    /** RFC 8252 §7.3: an address of the loopback interface, whose port an app is given at run time. */
    private static final Pattern LOOPBACK = Pattern.compile("(http://(?:127\\.0\\.0\\.1|\\[::1]))(?::\\d{1,5})?(/.*)?");

    private static final Pattern LOCALHOST = Pattern.compile("(?i)http://localhost(?::\\d{1,5})?(?:[/?].*)?");

    /** Of an authorization response (RFC 6749 §4.1.2, §4.2.2; RFC 9207 §2): the client has to read each from the response alone. */
    private static final List<String> RESPONSE_NAMES = List.of(
            "code",
            "state",
            "iss",
            "error",
            "error_description",
            "error_uri",
            "access_token",
            "refresh_token",
            "token_type",
            "expires_in",
            "scope");

    private RedirectUris() {}

    /**
     * The requested URI, or the client's first if the request names none.
     *
     * @throws OAuth2Exception {@code invalid_request} if the requested one is not registered
     */
    static String choose(Client client, @Nullable Object requested) {
        if (!isRegistered(client, requested)) {
            throw OAuth2Error.INVALID_REQUEST.because(MISMATCH);
        }
        return requested instanceof String uri && !uri.isEmpty()
                ? uri
                : client.redirectUris().get(0);
    }

    /**
     * Whether a response at the URI would cross a network in clear text (RFC 9700 §2.6). {@code localhost} counts as the loopback
     * interface (RFC 8252 §8.3).
     */
    static boolean isClearText(String uri) {
        return uri.regionMatches(true, 0, "http:", 0, "http:".length())
                && !LOOPBACK.matcher(uri).matches()
                && !LOCALHOST.matcher(uri).matches();
    }

    /** Whether a request names no URI, or one that is registered: letter by letter, but for an app's loopback port. */
    static boolean isRegistered(Client client, @Nullable Object requested) {
        if (isAbsent(requested)) {
            return true;
        }
        return requested instanceof String uri
                && (client.redirectUris().contains(uri) || (!client.isConfidential() && isLoopback(client, uri)));
    }

    /** Whether a request names none of several URIs (RFC 6749 §3.1.2.3). */
    static boolean isAmbiguous(Client client, @Nullable Object requested) {
        return isAbsent(requested) && client.redirectUris().size() > 1;
    }

    static boolean isAbsent(@Nullable Object requested) {
        return requested == null || requested.equals("");
    }

    private static boolean isLoopback(Client client, String uri) {
        String portless = withoutPort(uri);
        return portless != null
                && client.redirectUris().stream().anyMatch(registered -> portless.equals(withoutPort(registered)));
    }

    private static @Nullable String withoutPort(String uri) {
        var parts = LOOPBACK.matcher(uri);
        return parts.matches() ? parts.group(1) + (parts.group(2) == null ? "" : parts.group(2)) : null;
    }

    /**
     * Adds parameters to the query and leaves the rest as it is (RFC 6749 §4.1.2), except parameters of a response: a client may
     * read the first of two, or an error beside a code.
     */
    static String withQuery(String uri, Map<String, Object> parameters) {
        return appended(withoutResponse(uri), parameters);
    }

    /** Adds parameters to the query of any page, and leaves the rest as it is. */
    static String appended(String uri, Map<String, Object> parameters) {
        String separator = uri.indexOf('?') < 0 ? "?" : uri.endsWith("?") || uri.endsWith("&") ? "" : "&";
        return uri + separator + encoded(parameters);
    }

    private static String withoutResponse(String uri) {
        int mark = uri.indexOf('?');
        if (mark < 0) {
            return uri;
        }
        String query = uri.substring(mark + 1);
        for (String name : RESPONSE_NAMES) {
            query = Objects.requireNonNullElse(UrlEncoded.without(query, name), "");
        }
        return uri.substring(0, mark + 1) + query;
    }

    /** Puts parameters into the fragment, which the browser does not send to a server (RFC 6749 §4.2.2). */
    static String withFragment(String uri, Map<String, Object> parameters) {
        return withoutResponse(uri) + "#" + encoded(parameters);
    }

    private static String encoded(Map<String, Object> parameters) {
        return parameters.entrySet().stream()
                .map(parameter -> parameter.getKey() + "="
                        + URLEncoder.encode(parameter.getValue().toString(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }
}
