package io.gatehouse.store.entity;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.Database;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Lists the tags of all entities. */
public final class TagStore {
    private static final String TAGS = EntitySchemas.all().stream()
            .filter(schema -> schema.field("tags").isPresent())
            .map(TagStore::select)
            .collect(Collectors.joining(" UNION ALL "));

    private final Database database;

    public TagStore(Database database) {
        this.database = database;
    }

    /** Names a tag of an entity. */
    public record Tagged(String entityName, UUID entityId, String tag) {}

    /**
     * Lists tags in the order of their entities.
     *
     * @param tag the tag to list; null: all
     * @param after the last tag of the previous page; null: the first page
     * @param limit the most tags of a page
     */
    public Future<List<Tagged>> list(@Nullable String tag, @Nullable Tagged after, int limit) {
        Tuple parameters = Tuple.of(
                tag,
                after == null ? null : after.entityId(),
                after == null ? null : after.entityName(),
                after == null ? null : after.tag(),
                limit);
        String sql = "SELECT entity_name, entity_id, tag FROM (" + TAGS + ") tagged"
                + " WHERE ($1::text IS NULL OR tag = $1)"
                + " AND ($2::uuid IS NULL OR (entity_id, entity_name, tag) > ($2, $3::text, $4::text))"
                + " ORDER BY entity_id, entity_name, tag LIMIT $5";
        return database.query(sql, parameters).map(rows -> {
            List<Tagged> tags = new ArrayList<>(rows.size());
            rows.forEach(row -> tags.add(new Tagged(row.getString(0), row.getUUID(1), row.getString(2))));
            return tags;
        });
    }

    private static String select(EntitySchema schema) {
        return "SELECT '" + schema.name() + "'::text AS entity_name, id AS entity_id,"
                + " jsonb_array_elements_text(tags) COLLATE \"C\" AS tag FROM " + schema.name() + " WHERE true"
                + new Table(schema).andLive()
                // The first parameter is the tag that the list asks for.
                + RegisteredClients.excluded(schema)
                        .map(excluded -> " AND (coalesce($1::text, '') = '" + ClientMetadata.REGISTERED + "' OR "
                                + excluded + ")")
                        .orElse("");
    }
}
