package io.gatehouse.plugin.oauth2;

import static io.gatehouse.oauth.OAuth2Error.printable;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.Text;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a request from its query and its body; the body's win (docs/reference/oauth2.md#endpoints). A repeated
 * parameter and a malformed body are refused (RFC 6749 §3.1, §3.2).
 */
final class Parameters {
    /** RFC 6749 names less than twenty. */
    private static final int MAX_PARAMETERS = 128;

    private Parameters() {}

    /** Returns whether a body of this type is read for parameters; others count as no body. */
    static boolean isReadable(@Nullable String contentType) {
        return MediaType.of(contentType).hasParameters();
    }

    /**
     * All parameters.
     *
     * @throws OAuth2Exception {@code invalid_request} when one is repeated or the body is malformed
     */
    static Map<String, @Nullable Object> of(
            @Nullable String query, @Nullable String contentType, @Nullable Buffer body) {
        Map<String, @Nullable Object> parameters =
                new LinkedHashMap<>(query == null ? Map.of() : unique(UrlEncoded.parse(query), name -> true));
        if (body != null && body.length() > 0) {
            parameters.putAll(ofBody(contentType, body, name -> true));
        }
        return parameters;
    }

    /**
     * One parameter of the body of an API call; null without it. The other names are the upstream's and may be repeated (RFC 6750
     * §2.2).
     *
     * @throws OAuth2Exception {@code invalid_request} when it is repeated or the body is malformed
     */
    static @Nullable Object inBody(String name, @Nullable String contentType, @Nullable Buffer body) {
        return body == null || body.length() == 0
                ? null
                : ofBody(contentType, body, name::equals).get(name);
    }

    /**
     * The same parameters, if each is text as RFC 6749 appendix A has it: without control characters, and all of it Unicode. A
     * member of a JSON body that is no string would count as absent, and so would the protection that it asks for. Only
     * {@code state} may be a number or a boolean, because the endpoints do no more than repeat it.
     *
     * @throws OAuth2Exception {@code invalid_request} naming the first that is not
     */
    static Map<String, @Nullable Object> requireText(Map<String, @Nullable Object> parameters) {
        parameters.forEach((name, value) -> {
            if (!name.equals("state") || value == Json.NESTED) {
                requireString(name, value);
            }
            if (!Text.isPlain(name) || (value instanceof String text && !Text.isPlain(text))) {
                throw OAuth2Error.INVALID_REQUEST.because(
                        "Control character or unpaired surrogate in parameter: " + printable(name));
            }
        });
        return parameters;
    }

    static void requireString(String name, @Nullable Object value) {
        if (value != null && !(value instanceof String)) {
            throw switch (name) {
                // Kong's texts.
                case "scope" -> OAuth2Error.INVALID_SCOPE.because("scope must be a string");
                case "code_verifier" -> OAuth2Error.INVALID_REQUEST.because("code_verifier is not a string");
                default -> OAuth2Error.INVALID_REQUEST.because("Parameter is not a string: " + printable(name));
            };
        }
    }

    private static Map<String, @Nullable Object> ofBody(
            @Nullable String contentType, Buffer body, Predicate<String> isRead) {
        MediaType type = MediaType.of(contentType);
        String octets = body.toString(StandardCharsets.ISO_8859_1);
        return switch (type.essence()) {
            case MediaType.FORM -> unique(UrlEncoded.parse(octets), isRead);
            case MediaType.JSON -> Json.scalars(body.getBytes(), MAX_PARAMETERS).orElseThrow(Parameters::malformed);
            case MediaType.MULTIPART -> unique(Multipart.parse(type, octets).flatMap(Multipart::fields), isRead);
            default -> Map.of();
        };
    }

    /** Returns the pairs that are read, by name. RFC 6749 §3.1 and §3.2 do not allow a repeated name. */
    private static Map<String, @Nullable Object> unique(Optional<List<FormPair>> decoded, Predicate<String> isRead) {
        List<FormPair> pairs = decoded.orElseThrow(Parameters::malformed);
        if (pairs.size() > MAX_PARAMETERS) {
            throw malformed();
        }
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        for (FormPair pair : pairs) {
            if (isRead.test(pair.name()) && parameters.putIfAbsent(pair.name(), pair.value()) != null) {
                throw repeated(pair.name());
            }
        }
        return parameters;
    }

    static OAuth2Exception repeated(String name) {
        if (name.equals("resource")) {
            // RFC 8707 §2 lets a client name several.
            return OAuth2Error.INVALID_TARGET.because("Only one resource can be requested");
        }
        return OAuth2Error.INVALID_REQUEST.because("Parameter given more than once: " + printable(name));
    }

    static OAuth2Exception malformed() {
        return OAuth2Error.INVALID_REQUEST.because("Malformed request body or query");
    }
}
