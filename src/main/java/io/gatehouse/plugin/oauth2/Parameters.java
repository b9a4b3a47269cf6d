package io.gatehouse.plugin.oauth2;

import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.Text;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a request: query string and body together, the body's winning (docs/reference/oauth2.md#endpoints). Strict: one
 * that is repeated, or a body that is not what it says, is refused (RFC 6749 §3.1, §3.2).
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
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>(query == null ? Map.of() : decode(text(query)));
        if (body != null && body.length() > 0) {
            parameters.putAll(ofBody(contentType, body));
        }
        return parameters;
    }

    /** A query has one character for each byte, which is meant as UTF-8. */
    private static String text(String query) {
        return new String(query.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
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
            case FORM -> decode(body.toString(StandardCharsets.UTF_8));
            case JSON -> json(body);
            case MULTIPART -> multipart(contentType == null ? MULTIPART : contentType, body);
            default -> Map.of();
        };
    }

    private static Map<String, @Nullable Object> json(Buffer body) {
        return Json.object(body.toString(StandardCharsets.UTF_8)).orElseThrow(Parameters::malformed);
    }

    private static Map<String, @Nullable Object> decode(String encoded) {
        try {
            Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
            Map<String, List<String>> decoded = new QueryStringDecoder(
                            encoded, StandardCharsets.UTF_8, false, MAX_PARAMETERS + 1, true)
                    .parameters();
            if (decoded.size() > MAX_PARAMETERS) {
                throw malformed();
            }
            decoded.forEach((name, values) -> {
                if (values.size() > 1) {
                    throw repeated(name);
                }
                parameters.put(name, values.get(0));
            });
            return parameters;
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static Map<String, @Nullable Object> multipart(String contentType, Buffer body) {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/", Unpooled.wrappedBuffer(body.getBytes()));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        HttpPostMultipartRequestDecoder decoder = null;
        try {
            decoder = new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request);
            Map<String, @Nullable Object> parameters = new LinkedHashMap<>();
            for (InterfaceHttpData part : decoder.getBodyHttpDatas()) {
                if (part instanceof Attribute attribute
                        && parameters.put(attribute.getName(), attribute.getValue()) != null) {
                    throw repeated(attribute.getName());
                }
            }
            if (parameters.isEmpty()) {
                throw malformed();
            }
            return parameters;
        } catch (IOException | RuntimeException e) {
            throw e instanceof OAuth2Exception known ? known : malformed();
        } finally {
            if (decoder != null) {
                decoder.destroy();
            }
        }
    }

    static OAuth2Exception repeated(String name) {
        return OAuth2Error.INVALID_REQUEST.because("Parameter given more than once: " + printable(name));
    }

    private static OAuth2Exception malformed() {
        return OAuth2Error.INVALID_REQUEST.because("Malformed request body or query");
    }

    private static String printable(String name) {
        return name.length() > 64 || !name.chars().allMatch(c -> c > 32 && c < 127) ? "(unprintable)" : name;
    }
}
