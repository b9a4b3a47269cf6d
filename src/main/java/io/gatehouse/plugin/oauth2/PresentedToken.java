package io.gatehouse.plugin.oauth2;

import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads an access token out of a request (RFC 6750 §2, docs/reference/oauth2.md#api-calls). */
final class PresentedToken {
    private static final String ACCESS_TOKEN = "access_token";
    private static final List<String> SCHEMES = List.of("Bearer", "Token", DpopProfile.SCHEME);

    private PresentedToken() {}

    /**
     * The token in a header's value: two words, the first {@code bearer} or {@code token} in any case. Null: the value has another
     * form.
     */
    static @Nullable String inHeader(String value) {
        int space = value.indexOf(' ');
        boolean scheme = (space == 6 && value.regionMatches(true, 0, "bearer", 0, 6))
                || (space == 5 && value.regionMatches(true, 0, "token", 0, 5));
        return scheme ? second(value, space) : null;
    }

    /** The token in a header's value with the scheme of RFC 9449 §7.1, likewise. */
    static @Nullable String withProof(String value) {
        int space = value.indexOf(' ');
        return space == DpopProfile.SCHEME.length() && value.regionMatches(true, 0, DpopProfile.SCHEME, 0, space)
                ? second(value, space)
                : null;
    }

    /** Whether a header's value begins with a scheme that is for no token. */
    static boolean isOfOtherScheme(String value) {
        int space = value.indexOf(' ');
        return space > 0 && SCHEMES.stream().noneMatch(value.substring(0, space)::equalsIgnoreCase);
    }

    /** The second of two words; null if there are more. */
    private static @Nullable String second(String value, int space) {
        int start = space + 1;
        while (start < value.length() && value.charAt(start) == ' ') {
            start++;
        }
        return value.indexOf(' ', start) < 0 ? value.substring(start) : null;
    }

    /** The values in a query or a form, in order; also empty ones and those that are not UTF-8. */
    static List<String> values(@Nullable String encoded) {
        return UrlEncoded.values(encoded, ACCESS_TOKEN);
    }

    /** Whether the body has a type in which a token may be: that of a form, or any that has parameters. */
    static boolean mayBeInBody(Exchange exchange, boolean isFormRequired) {
        HttpServerRequest request = exchange.request();
        return switch (exchange.method()) {
            case "POST", "PUT", "PATCH" ->
                exchange.mayReadBody()
                        && (isFormRequired
                                ? isForm(exchange)
                                : Parameters.isReadable(request.getHeader("content-type")));
            default -> false;
        };
    }

    /**
     * Whether the body is a form, the only body that RFC 6750 §2.2 gives a token, of an announced length that can be read without
     * a risk to the request.
     */
    static boolean mayBeInForm(Exchange exchange, int limit) {
        long length = exchange.framing().announcedLength();
        return length > 0 && length <= limit && mayBeInBody(exchange, true);
    }

    /** Whether the media type of the body is that of a form. */
    static boolean isForm(Exchange exchange) {
        return MediaType.of(exchange.request().getHeader("content-type"))
                .essence()
                .equals(MediaType.FORM);
    }

    /** Whether a query or a form has a token, whatever its value. */
    static boolean isNamed(@Nullable String encoded) {
        return !values(encoded).isEmpty();
    }

    /** The token in a body that was read; null without one, and if the body is malformed, which the upstream has to refuse. */
    static @Nullable String inBody(Exchange exchange) {
        try {
            return text(Parameters.inBody(ACCESS_TOKEN, exchange.request().getHeader("content-type"), exchange.body()));
        } catch (OAuth2Exception malformed) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text && !text.isEmpty() ? text : null;
    }

    /** The query or form without the token; null if nothing is left. */
    static @Nullable String without(String encoded) {
        return UrlEncoded.without(encoded, ACCESS_TOKEN);
    }
}
