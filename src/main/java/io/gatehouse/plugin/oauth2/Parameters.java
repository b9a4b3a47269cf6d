package io.gatehouse.plugin.oauth2;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.Text;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.PercentEncoding;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the parameters of a request from its query and its body; the body's win (docs/reference/oauth2.md#endpoints). A repeated
 * parameter and a malformed body are refused (RFC 6749 §3.1, §3.2).
 */
final class Parameters {
    static final String FORM = "application/x-www-form-urlencoded";
    private static final String JSON = "application/json";
    private static final String MULTIPART = "multipart/form-data";
    private static final int MAX_PARAMETERS = 128;

    private Parameters() {}

    /** Whether a body of this type is read for parameters; others count as no body. */
    static boolean isReadable(@Nullable String contentType) {
        String type = mediaType(contentType);
        return type.equals(FORM) || type.equals(JSON) || type.equals(MULTIPART);
    }

    static String mediaType(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .trim()
                .toLowerCase(Locale.ROOT);
    }

    /**
     * All parameters.
     *
     * @throws OAuth2Exception {@code invalid_request} when one is repeated or the body is malformed
     */
    static Map<String, @Nullable Object> of(
            @Nullable String query, @Nullable String contentType, @Nullable Buffer body) {
        Map<String, @Nullable Object> parameters =
                new LinkedHashMap<>(query == null ? Map.of() : decode(octets(query)));
        if (body != null && body.length() > 0) {
            parameters.putAll(ofBody(contentType, body));
        }
        return parameters;
    }

    /** A query has one character for each byte of UTF-8. */
    private static byte[] octets(String query) {
        return query.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Malformed UTF-8 is refused: with a replacement character two secrets could become the same one. */
    private static String text(byte[] octets) {
        return PercentEncoding.utf8(ByteBuffer.wrap(octets)).orElseThrow(Parameters::malformed);
    }

    /**
     * The same parameters, if each is text as RFC 6749 appendix A has it: without control characters, and all of it Unicode.
     *
     * @throws OAuth2Exception {@code invalid_request} naming the first that is not
     */
    static Map<String, @Nullable Object> requireText(Map<String, @Nullable Object> parameters) {
        parameters.forEach((name, value) -> {
            if (!Text.isPlain(name) || (value instanceof String text && !Text.isPlain(text))) {
                throw OAuth2Error.INVALID_REQUEST.because(
                        "Control character or unpaired surrogate in parameter: " + printable(name));
            }
        });
        return parameters;
    }

    private static Map<String, @Nullable Object> ofBody(@Nullable String contentType, Buffer body) {
        return switch (mediaType(contentType)) {
            case FORM -> decode(body.getBytes());
            case JSON -> json(body);
            case MULTIPART -> multipart(contentType == null ? MULTIPART : contentType, body);
            default -> Map.of();
        };
    }

    private static Map<String, @Nullable Object> json(Buffer body) {
        return Json.object(text(body.getBytes())).orElseThrow(Parameters::malformed);
    }

    private static Map<String, @Nullable Object> decode(byte[] encoded) {
        return unique(UrlEncoded.parse(text(encoded)).orElseThrow(Parameters::malformed));
    }

    private static Map<String, @Nullable Object> multipart(String contentType, Buffer body) {
        List<FormPair> pairs = Multipart.parse(contentType, body.getBytes()).orElseThrow(Parameters::malformed);
        if (pairs.isEmpty()) {
            throw malformed();
        }
        return unique(pairs);
    }

    private static Map<String, @Nullable Object> unique(List<FormPair> pairs) {
        if (pairs.size() > MAX_PARAMETERS) {
            throw malformed();
        }
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
        for (FormPair pair : pairs) {
            if (parameters.putIfAbsent(pair.name(), pair.value()) != null) {
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

    private static OAuth2Exception malformed() {
        return OAuth2Error.INVALID_REQUEST.because("Malformed request body or query");
    }

    private static String printable(String name) {
        return name.length() > 64 || !name.chars().allMatch(c -> c > 32 && c < 127) ? "(unprintable)" : name;
    }
}
