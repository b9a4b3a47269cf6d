package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Maps fields to columns: the name of a column, and its value in both directions.
 *
 * <p><i>Invariant</i>: a number or JSON that is read equals the checked value that was written.
 */
final class Columns {
    private Columns() {}

    /** Returns the quoted column of a field. A field may have a name that SQL reserves, such as {@code group}. */
    static String name(Field field) {
        String suffix = field.type() == FieldType.FOREIGN ? "_id" : field.isDigested() ? "_digest" : "";
        return '"' + field.name() + suffix + '"';
    }

    /** Returns the value of a key as its column holds it. */
    static Object keyValue(Field field, String value) {
        return field.isDigested() ? Buffer.buffer(CredentialDigest.of(value).toBytes()) : value;
    }

    /** Returns the value of a document's field as its column holds it. */
    static @Nullable Object toSql(Field field, Document document) {
        Object value = document.get(field.name());
        if (value == null) {
            return null;
        }
        return switch (field.type()) {
            case FOREIGN -> document.reference(field.name());
            case STRING ->
                field.name().equals("id") ? UUID.fromString((String) value) : keyValue(field, (String) value);
            case ARRAY, SET -> new JsonArray((List<?>) value);
            case MAP, RECORD -> new JsonObject(document.record(field.name()).values());
            case NUMBER -> ((Number) value).doubleValue();
            default -> value;
        };
    }

    /** Returns the value of a column as a document holds it. */
    static @Nullable Object fromSql(Field field, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (field.type()) {
            case FOREIGN -> Map.of("id", value.toString());
            case ARRAY, SET, MAP, RECORD -> plain(value);
            case NUMBER -> wholeIfIntegral(((Number) value).doubleValue());
            default -> value instanceof UUID uuid ? uuid.toString().toLowerCase(Locale.ROOT) : value;
        };
    }

    /** Numbers without a fraction are {@code Long} in a {@link Document}. */
    private static Object wholeIfIntegral(double number) {
        return number == Math.rint(number) && Math.abs(number) < Long.MAX_VALUE ? (Object) (long) number : number;
    }

    /** Converts JSON from a column into the form that a schema gives to values. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof JsonObject object) {
            return plain(object.getMap());
        }
        if (value instanceof JsonArray array) {
            return plain(array.getList());
        }
        if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> plain = new LinkedHashMap<>();
            map.forEach((key, nested) -> plain.put(key, plain(nested)));
            return plain;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> plain = new ArrayList<>(list.size());
            list.forEach(nested -> plain.add(plain(nested)));
            return plain;
        }
        if (value instanceof Integer integer) {
            return integer.longValue();
        }
        // jsonb writes large numbers in full, so they may be integers beyond the range of a long.
        return value instanceof Number number && !(number instanceof Long) ? (Object) number.doubleValue() : value;
    }
}
