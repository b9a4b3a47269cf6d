package io.gatehouse.plugin.keyauth;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.Json;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.MediaType;
import io.gatehouse.syntax.form.Multipart;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds and removes a key in a body: a form, a multipart form or a JSON object. */
sealed interface KeyedBody {

    /** Returns the values of a name; two if its JSON value is not a string, because that is not one key. */
    List<String> values(String name);

    /** Returns the body without a name. The other bytes are unchanged. */
    Buffer without(String name);

    /** Returns whether the request has a body of a type that can carry a key. */
    static boolean isReadable(Exchange exchange) {
        return exchange.mayReadBody() && mediaType(exchange).hasParameters();
    }

    /** Parses a body; null if it is malformed and therefore carries no key. */
    static @Nullable KeyedBody of(Exchange exchange, Buffer body) {
        MediaType type = mediaType(exchange);
        String octets = body.toString(ISO_8859_1);
        return switch (type.essence()) {
            case MediaType.FORM ->
                // A malformed form carries no key, but a key in it can still be hidden.
                new Form(UrlEncoded.parse(octets).orElse(List.of()), name -> UrlEncoded.without(octets, name));
            case MediaType.JSON ->
                Json.object(body.getBytes())
                        .map(object -> new JsonObject(object, body.toString(UTF_8)))
                        .orElse(null);
            default -> Multipart.parse(type, octets).flatMap(KeyedBody::form).orElse(null);
        };
    }

    private static Optional<KeyedBody> form(Multipart multipart) {
        return multipart.fields().map(fields -> new Form(fields, multipart::without));
    }

    private static MediaType mediaType(Exchange exchange) {
        return MediaType.of(exchange.request().getHeader("content-type"));
    }

    /** Holds the fields of a form and the function that removes a name from its octets. */
    record Form(List<FormPair> fields, UnaryOperator<@Nullable String> remove) implements KeyedBody {
        @Override
        public List<String> values(String name) {
            return fields.stream()
                    .filter(field -> field.name().equals(name))
                    .map(FormPair::value)
                    .toList();
        }

        @Override
        public Buffer without(String name) {
            String rest = remove.apply(name);
            return Buffer.buffer(rest == null ? "" : rest, ISO_8859_1.name());
        }
    }

    /** Holds a JSON object as values and as text. */
    record JsonObject(Map<String, @Nullable Object> members, String text) implements KeyedBody {
        @Override
        public List<String> values(String name) {
            Object value = members.get(name);
            if (value == null) {
                return List.of();
            }
            return value instanceof String text ? List.of(text) : List.of("", "");
        }

        @Override
        public Buffer without(String name) {
            return Buffer.buffer(Json.without(text, name));
        }
    }
}
