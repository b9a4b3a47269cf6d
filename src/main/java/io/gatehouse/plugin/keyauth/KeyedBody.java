package io.gatehouse.plugin.keyauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gatehouse.plugin.EncodedPairs;
import io.gatehouse.plugin.Exchange;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A body that may carry a key: a form, a JSON object, or the parts of a multipart form. */
sealed interface KeyedBody permits KeyedBody.Form, KeyedBody.Json, MultipartBody {

    /** Texts given for a name; two when there is something that is no text, since that is no one key either. */
    List<String> values(String name);

    /** The body as the upstream gets it. */
    Buffer without(String name);

    /** Whether the request has a body of a kind that may carry a key. */
    static boolean isReadable(Exchange exchange) {
        return exchange.mayHaveBody()
                && switch (mediaType(exchange.request().getHeader("content-type"))) {
                    case "application/x-www-form-urlencoded", "application/json", "multipart/form-data" -> true;
                    default -> false;
                };
    }

    /** Null: it is not what its type says, and carries no key. */
    static @Nullable KeyedBody of(@Nullable String contentType, Buffer body) {
        return switch (mediaType(contentType)) {
            case "application/x-www-form-urlencoded" -> new Form(body.toString(ISO_8859_1));
            case "application/json" -> Json.parse(body);
            default -> MultipartBody.parse(contentType == null ? "" : contentType, body);
        };
    }

    private static String mediaType(@Nullable String contentType) {
        if (contentType == null) {
            return "";
        }
        int semicolon = contentType.indexOf(';');
        return (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
                .trim()
                .toLowerCase(Locale.ROOT);
    }

    /** {@code application/x-www-form-urlencoded}, one character for each byte. */
    record Form(String encoded) implements KeyedBody {
        @Override
        public List<String> values(String name) {
            return EncodedPairs.values(encoded, name);
        }

        @Override
        public Buffer without(String name) {
            String rest = EncodedPairs.without(encoded, name);
            return Buffer.buffer(rest == null ? "" : rest, ISO_8859_1.name());
        }
    }

    /** {@code application/json}. */
    record Json(JsonObject object) implements KeyedBody {
        static @Nullable Json parse(Buffer body) {
            try {
                return new Json(new JsonObject(body));
            } catch (DecodeException | ClassCastException e) {
                return null;
            }
        }

        @Override
        public List<String> values(String name) {
            Object value = object.getValue(name);
            if (value == null) {
                return List.of();
            }
            return value instanceof String text ? List.of(text) : List.of("", "");
        }

        @Override
        public Buffer without(String name) {
            JsonObject rest = object.copy();
            rest.remove(name);
            return rest.toBuffer();
        }
    }
}
