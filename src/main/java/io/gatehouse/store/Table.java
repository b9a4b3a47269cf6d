package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The SQL of one entity, made from its schema once. */
final class Table {
    private final EntitySchema schema;
    /** Fields that are read, in order. */
    private final List<Field> fields;

    /** Fields that have a column, in order. */
    private final List<Field> stored;

    private final Map<String, ChildKeys> childKeys = new LinkedHashMap<>();

    final String selectById;
    final String selectByIdForUpdate;
    final String insert;
    final String update;
    final String delete;

    Table(EntitySchema schema) {
        this.schema = schema;
        this.fields =
                schema.fields().stream().filter(field -> !field.isWriteOnly()).toList();
        this.stored = fields.stream().filter(field -> field.keysOf().isEmpty()).toList();
        fields.stream()
                .filter(field -> field.keysOf().isPresent())
                .forEach(field -> childKeys.put(field.name(), new ChildKeys(schema, field)));
        String columns = stored.stream().map(Table::column).collect(Collectors.joining(", "));
        String parameters =
                IntStream.rangeClosed(1, stored.size()).mapToObj(i -> "$" + i).collect(Collectors.joining(", "));
        selectById = select() + " WHERE id = $1";
        selectByIdForUpdate = selectById + " FOR UPDATE";
        insert = "INSERT INTO " + schema.name() + " (" + columns + ") VALUES (" + parameters + ")";
        update = "UPDATE " + schema.name() + " SET " + assignments() + " WHERE id = $1";
        delete = "DELETE FROM " + schema.name() + " WHERE id = $1";
    }

    EntitySchema schema() {
        return schema;
    }

    String select() {
        return "SELECT " + fields.stream().map(this::selected).collect(Collectors.joining(", ")) + " FROM "
                + schema.name();
    }

    private String selected(Field field) {
        ChildKeys keys = childKeys.get(field.name());
        return keys == null ? column(field) : keys.sql();
    }

    /** Fields that are lists of other entities' keys, by name. */
    Map<String, ChildKeys> childKeys() {
        return childKeys;
    }

    /** The id is first everywhere, so that {@code $1} means it in an update too. */
    private String assignments() {
        List<String> assignments = new ArrayList<>();
        for (int i = 1; i < stored.size(); i++) {
            Field field = stored.get(i);
            String column = column(field);
            // What a client cannot read it cannot send back either: absent means unchanged.
            boolean keep = field.isDigested() || field.isHidden();
            String parameter = "$" + (i + 1);
            assignments.add(column + " = " + (keep ? "coalesce(" + parameter + ", " + column + ")" : parameter));
        }
        return String.join(", ", assignments);
    }

    /** Quoted: a field may have a name that means something in SQL, such as {@code group}. */
    static String column(Field field) {
        String suffix = field.type() == FieldType.FOREIGN ? "_id" : field.isDigested() ? "_digest" : "";
        return '"' + field.name() + suffix + '"';
    }

    /** The value of a key as its column holds it. */
    static Object keyValue(Field field, String value) {
        return field.isDigested() ? Buffer.buffer(CredentialDigest.of(value).toBytes()) : value;
    }

    Tuple tuple(Document document) {
        List<@Nullable Object> values = new ArrayList<>(stored.size());
        for (Field field : stored) {
            values.add(toSql(field, document));
        }
        return Tuple.tuple(values);
    }

    private static @Nullable Object toSql(Field field, Document document) {
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
            default -> value;
        };
    }

    Document document(Row row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (!field.isHidden()) {
                values.put(field.name(), field.isDigested() ? null : fromSql(field, row.getValue(i)));
            }
        }
        return new Document(values);
    }

    private static @Nullable Object fromSql(Field field, @Nullable Object value) {
        if (value == null) {
            return null;
        }
        return switch (field.type()) {
            case FOREIGN -> Map.of("id", value.toString());
            case ARRAY, SET, MAP, RECORD -> StoredJson.plain(value);
            default -> value instanceof UUID uuid ? uuid.toString().toLowerCase(Locale.ROOT) : value;
        };
    }
}
