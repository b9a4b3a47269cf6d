package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityId;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.store.DeletedOwners;
import io.gatehouse.store.ExchangedTokens;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds the SQL of one entity, built from its schema once, and converts between rows and documents with {@link Columns}.
 *
 * <p>A reader with a condition of its own appends it to {@link #select}.
 */
final class Table {
    private final EntitySchema schema;
    /** Fields that are read, in order. */
    private final List<Field> fields;

    /** Fields that have a column, in order. */
    private final List<Field> stored;

    private final Map<String, ChildKeys> childKeys = new LinkedHashMap<>();

    /** The condition that reads find a row; empty if they find every row. */
    private final String live;

    final String select;
    final String insert;
    final String delete;

    Table(EntitySchema schema) {
        this.schema = schema;
        this.fields =
                schema.fields().stream().filter(field -> !field.isWriteOnly()).toList();
        this.stored = fields.stream()
                .filter(field ->
                        field.keysOf().isEmpty() && field.secondsUntil().isEmpty())
                .toList();
        this.live = live(schema, fields);
        fields.stream()
                .filter(field -> field.keysOf().isPresent())
                .forEach(field -> childKeys.put(field.name(), new ChildKeys(schema, field)));
        String columns = stored.stream().map(Columns::name).collect(Collectors.joining(", "));
        String parameters =
                IntStream.rangeClosed(1, stored.size()).mapToObj(i -> "$" + i).collect(Collectors.joining(", "));
        select = "SELECT " + fields.stream().map(this::selected).collect(Collectors.joining(", ")) + " FROM "
                + schema.name();
        insert = "INSERT INTO " + schema.name() + " (" + columns + ") VALUES (" + parameters + ")";
        delete = "DELETE FROM " + schema.name() + " WHERE id = $1";
    }

    EntitySchema schema() {
        return schema;
    }

    /** A statement and its parameters. */
    record Query(String sql, List<@Nullable Object> parameters) {
        Tuple tuple() {
            return Tuple.tuple(new ArrayList<>(parameters));
        }

        /** Locks the rows until the transaction ends. */
        Query forUpdate() {
            return new Query(sql + " FOR UPDATE", parameters);
        }
    }

    /** Selects the entity whose id a reference has; null: the reference does not have the form of an id. */
    @Nullable
    Query findById(EntityRef reference) {
        UUID id = EntityId.parse(reference.idOrKey());
        return id == null ? null : find(reference, "id", "$1", id);
    }

    /** Selects the entity whose key a reference has; null: entities of this kind have no key that names them. */
    @Nullable
    Query findByKey(EntityRef reference) {
        if (schema.key() == null && !childKeys.isEmpty()) {
            // A certificate has no name of its own, and each of its SNIs names it.
            return find(reference, "id", childKeys.values().iterator().next().parentOf(), reference.idOrKey());
        }
        Field key = key();
        // A key that is unique among the children of one parent names no entity without the parent.
        return key == null || !(key.isUnique() || reference.parentField() != null)
                ? null
                : find(reference, Columns.name(key), "$1", Columns.keyValue(key, reference.idOrKey()));
    }

    /** Selects the entity with a value of a unique field. */
    Query findBy(Field unique, String value) {
        return find(EntityRef.of(value), Columns.name(unique), "$1", Columns.keyValue(unique, value));
    }

    /** Selects the entities that have one of the ids, in the order of their ids. */
    Query findAll(List<UUID> ids) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(ids.toArray(UUID[]::new));
        return new Query(select + " WHERE id = ANY($1)" + andLive() + " ORDER BY id", parameters);
    }

    /** Selects the entities whose column equals an expression over {@code $1}, the value. */
    private Query find(EntityRef reference, String column, String expression, Object value) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(value);
        String sql = select + " WHERE " + column + " = " + expression + andLive();
        if (reference.parentField() != null) {
            parameters.add(Objects.requireNonNull(reference.parentId()));
            sql += " AND " + reference.parentField() + "_id = $2";
        }
        return new Query(sql, parameters);
    }

    /** Adds the key to an entity that was found by it: PostgreSQL has only the digest of a token. */
    Document withKey(Document found, EntityRef reference) {
        Field key = key();
        return key != null && key.isDigested() ? found.with(key.name(), reference.idOrKey()) : found;
    }

    private @Nullable Field key() {
        String name = schema.key();
        return name == null ? null : schema.field(name).orElseThrow();
    }

    /** Selects a page and one entity more, which shows that another page follows. */
    Query list(ListQuery query) {
        List<@Nullable Object> parameters = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        boolean isByTime = query.order() == ListQuery.Order.NEWEST_FIRST;
        ListQuery.Position after = query.after();
        if (after != null && isByTime) {
            parameters.add(after.createdAt());
            parameters.add(after.id());
            conditions.add("(created_at, id) < ($1, $2)");
        } else if (after != null) {
            parameters.add(after.id());
            conditions.add("id > $1");
        }
        if (!query.tags().isEmpty()) {
            parameters.add(query.tags().toArray(String[]::new));
            conditions.add("tags " + (query.anyTag() ? "?|" : "?&") + " $" + parameters.size() + "::text[]");
        }
        query.equal().forEach((name, value) -> {
            parameters.add(value);
            conditions.add(Columns.name(schema.field(name).orElseThrow()) + " = $" + parameters.size());
        });
        if (!live.isEmpty()) {
            conditions.add(live);
        }
        RegisteredClients.exclusion(schema, query).ifPresent(conditions::add);
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        String order = isByTime ? " ORDER BY created_at DESC, id DESC" : " ORDER BY id";
        return new Query(select + where + order + " LIMIT " + (query.size() + 1), parameters);
    }

    /** Selects each value of a field once, in order. */
    String selectDistinct(String field) {
        return "SELECT DISTINCT " + Columns.name(schema.field(field).orElseThrow()) + " FROM " + schema.name()
                + " ORDER BY 1";
    }

    /** Selects the ids of the entities whose reference is {@code $1}. */
    static String selectIdsBy(EntitySchema schema, Field reference) {
        return "SELECT id FROM " + schema.name() + " WHERE " + Columns.name(reference) + " = $1";
    }

    private String selected(Field field) {
        ChildKeys keys = childKeys.get(field.name());
        if (keys != null) {
            return keys.sql();
        }
        return field.secondsUntil()
                .map(time -> "floor(" + time + " - extract(epoch FROM now()))::bigint")
                .orElseGet(() -> Columns.name(field));
    }

    /** The condition that reads find a row, as the end of a {@code WHERE}; empty if they find every row. */
    String andLive() {
        return live.isEmpty() ? "" : " AND " + live;
    }

    /** A row is live until it expires, and a token until its owner is deleted or a grant that it comes from ends. */
    private static String live(EntitySchema schema, List<Field> fields) {
        Stream<String> expiry = fields.stream()
                .flatMap(field -> field.secondsUntil().stream())
                .map(time -> "(" + time + " IS NULL OR " + time + " > extract(epoch FROM now()))");
        Stream<String> owners = schema.equals(EntitySchemas.OAUTH2_TOKENS)
                ? Stream.of(DeletedOwners.excludedFrom(schema.name()), ExchangedTokens.withSubjects(schema.name()))
                : Stream.empty();
        return Stream.concat(expiry, owners).collect(Collectors.joining(" AND "));
    }

    /**
     * Deletes the rows that have the id or a unique value of a document and that no read finds: these values are available again.
     * Null if reads find every row.
     */
    @Nullable
    Query deleteUnreadable(Document document) {
        if (live.isEmpty()) {
            return null;
        }
        List<@Nullable Object> parameters = new ArrayList<>();
        List<String> conditions = new ArrayList<>();
        for (Field field : stored) {
            Object value = field.isUnique() || field.name().equals("id") ? Columns.toSql(field, document) : null;
            if (value != null) {
                parameters.add(value);
                conditions.add(Columns.name(field) + " = $" + parameters.size());
            }
        }
        String sql = "DELETE FROM " + schema.name() + " WHERE (" + String.join(" OR ", conditions) + ") AND NOT ("
                + live + ")";
        return new Query(sql, parameters);
    }

    /** Fields that are lists of other entities' keys, by name. */
    Map<String, ChildKeys> childKeys() {
        return childKeys;
    }

    /** Changes an entity. A value that clients cannot read is unchanged if the document lacks it; null unsets it. */
    Query update(Document document) {
        List<@Nullable Object> parameters = new ArrayList<>(List.of(document.id()));
        List<String> assignments = new ArrayList<>();
        for (Field field : stored) {
            boolean isUnreadable = field.isDigested() || field.isHidden();
            boolean isUnchanged = isUnreadable && !document.values().containsKey(field.name());
            if (!field.name().equals("id") && !isUnchanged) {
                parameters.add(Columns.toSql(field, document));
                assignments.add(Columns.name(field) + " = $" + parameters.size());
            }
        }
        return new Query(
                "UPDATE " + schema.name() + " SET " + String.join(", ", assignments) + " WHERE id = $1", parameters);
    }

    Tuple tuple(Document document) {
        List<@Nullable Object> values = new ArrayList<>(stored.size());
        for (Field field : stored) {
            values.add(Columns.toSql(field, document));
        }
        return Tuple.tuple(values);
    }

    /**
     * The document as a later read finds it: without hidden values, with sorted lists of keys, and with null for a token that the
     * write did not set.
     */
    Document shown(Document document) {
        Map<String, @Nullable Object> shown = new LinkedHashMap<>(document.values());
        for (Field field : schema.fields()) {
            if (field.isHidden()) {
                shown.remove(field.name());
            } else if (field.isDigested()) {
                shown.putIfAbsent(field.name(), null);
            } else if (field.keysOf().isPresent()) {
                shown.put(
                        field.name(),
                        document.strings(field.name()).stream().sorted().toList());
            }
        }
        return new Document(shown);
    }

    Document document(Row row) {
        Map<String, @Nullable Object> values = new LinkedHashMap<>();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            if (!field.isHidden()) {
                values.put(field.name(), field.isDigested() ? null : Columns.fromSql(field, row.getValue(i)));
            }
        }
        return new Document(values);
    }
}
