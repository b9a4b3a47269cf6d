package io.gatehouse.syntax;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON.
 *
 * <p><i>Why</i>: reading is strict. Text that two parsers could read differently, such as a repeated name, is malformed.
 */
public final class Json {
    /** Limits the recursion of parsing and validation. No entity nests deeper than 6 levels. */
    private static final int MAX_DEPTH = 64;

    /** Stands for an array or an object whose contents are not read. */
    public static final Object NESTED = new Object() {
        @Override
        public String toString() {
            return "(nested)";
        }
    };

    private static final TypeReference<@Nullable Map<String, @Nullable Object>> OBJECT = new TypeReference<>() {};

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // Clients choose the names. Interned names would never be collected.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            // 1795900339.503, where Java writes 1.795900339503E9.
            .enable(JsonGenerator.Feature.WRITE_BIGDECIMAL_AS_PLAIN)
            .addModule(new SimpleModule().addSerializer(Double.class, new PlainDecimal()))
            .build();

    private Json() {}

    /** Reads an object from UTF-8; empty if the bytes are not one. */
    public static Optional<Map<String, @Nullable Object>> object(byte[] utf8) {
        return Text.utf8(utf8).flatMap(Json::object);
    }

    /** Reads an object; empty if the text is not one. */
    public static Optional<Map<String, @Nullable Object>> object(String text) {
        try {
            return Optional.ofNullable(MAPPER.readValue(text, OBJECT));
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /**
     * Reads the members of an object from UTF-8, with {@link #NESTED} in place of each array and object. Empty if the bytes are no
     * object, or one of more than {@code maxMembers} members.
     *
     * <p><i>Why</i>: two characters of a nested array become 80 bytes of a list.
     */
    public static Optional<Map<String, @Nullable Object>> scalars(byte[] utf8, int maxMembers) {
        return Text.utf8(utf8).flatMap(text -> scalars(text, maxMembers));
    }

    private static Optional<Map<String, @Nullable Object>> scalars(String text, int maxMembers) {
        try (JsonParser parser = MAPPER.createParser(text)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return Optional.empty();
            }
            Map<String, @Nullable Object> members = new LinkedHashMap<>();
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = parser.currentName();
                members.put(name, parser.nextToken().isStructStart() ? NESTED : scalar(parser));
                parser.skipChildren();
                if (members.size() > maxMembers) {
                    return Optional.empty();
                }
            }
            return parser.nextToken() == null ? Optional.of(members) : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static @Nullable Object scalar(JsonParser parser) throws IOException {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE, VALUE_FALSE -> parser.getBooleanValue();
            default -> null;
        };
    }

    /** Removes one member of an object that {@link #object} can read, and keeps every other character. */
    public static String without(String object, String member) {
        try (JsonParser parser = MAPPER.createParser(object)) {
            parser.nextToken();
            boolean isFirst = true;
            for (; parser.nextToken() == JsonToken.FIELD_NAME; isFirst = false) {
                boolean isMember = parser.currentName().equals(member);
                int start = position(parser);
                parser.nextToken();
                parser.skipChildren();
                if (isMember) {
                    boolean isLast = parser.nextToken() != JsonToken.FIELD_NAME;
                    int from = isLast && !isFirst ? object.lastIndexOf(',', start) : start;
                    return object.substring(0, from) + object.substring(position(parser));
                }
            }
            return object;
        } catch (IOException e) {
            throw new IllegalArgumentException("not a JSON object", e);
        }
    }

    private static int position(JsonParser parser) {
        return (int) parser.currentTokenLocation().getCharOffset();
    }

    /** Writes maps, lists, strings, numbers, booleans and nulls. */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a response consists of plain values", e);
        }
    }

    /** Writes a number without an exponent: a time then looks as in Kong, and in every client that prints the text. */
    private static final class PlainDecimal extends JsonSerializer<Double> {
        @Override
        public void serialize(Double value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (Double.isInfinite(value)) {
                // 1e999 is read as such a number. JSON has no form of it, and Vert.x writes it as a text too.
                generator.writeString(value.toString());
            } else {
                generator.writeNumber(BigDecimal.valueOf(value));
            }
        }
    }
}
