package io.gatehouse.store;

import io.gatehouse.schema.EntityChange;
import io.gatehouse.syntax.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records which request changed what, in the transaction of the change, and lists the records. {@link ExpiredRows} removes them.
 *
 * <p><i>Invariant</i>: a change of an entity is committed with its record, or not at all.
 */
public final class AuditTrail {
    /** Characters of JSON of the changes of one request. The further changes are recorded without their fields. */
    static final int MAX_CHANGES = 256 * 1024;
    /** Characters of JSON of the changes of a page. A page ends with the record that exceeds them. */
    static final int MAX_PAGE = 1024 * 1024;

    private static final String ADD = """
            INSERT INTO audit_requests (request_id, client_ip, client_name, method, path, status, changes, changes_size,
                   entity_ids, delete_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7::text::jsonb, $8, $9, floor(extract(epoch FROM now()))::bigint + $10)""";

    /** A bulk revocation has a transaction for each batch of tokens, and one record. */
    private static final String ADD_BATCH = ADD
            + " ON CONFLICT (request_id) DO UPDATE SET changes = jsonb_set(audit_requests.changes, '{0,count}',"
            + " to_jsonb((audit_requests.changes->0->>'count')::bigint + (excluded.changes->0->>'count')::bigint))";

    /** The sum over the window reads the column of the size, so that PostgreSQL reads no changes beyond those of the page. */
    private static final String LIST = """
            SELECT * FROM (
                SELECT newest.*, sum(changes_size) OVER (ORDER BY id DESC) - changes_size AS preceding,
                       count(*) OVER () AS found
                  FROM (SELECT id, request_id, requested_at, client_ip, client_name, method, path, status, changes,
                               changes_size, floor(delete_at - extract(epoch FROM now()))::bigint AS ttl
                          FROM audit_requests
                         WHERE delete_at > extract(epoch FROM now())%s ORDER BY id DESC LIMIT $1) newest) page
             WHERE preceding < $2 ORDER BY id DESC""";

    private final Database database;

    public AuditTrail(Database database) {
        this.database = database;
    }

    /**
     * Holds what one request has changed.
     *
     * @param id greater than those of earlier records
     * @param time in seconds since the epoch
     * @param changes JSON objects as {@link EntityChange#members} returns them
     * @param ttl seconds until the record is removed
     */
    public record Recorded(
            long id,
            String requestId,
            long time,
            String clientAddress,
            @Nullable String clientName,
            String method,
            String path,
            int status,
            List<?> changes,
            long ttl) {}

    /** Holds a page of records, and whether others follow. */
    public record Page(List<Recorded> entries, boolean hasMore) {}

    /** Records what a transaction has changed; nothing without a request or a change. */
    public static Future<Void> add(
            SqlConnection connection, @Nullable AuditedRequest request, List<EntityChange> changes) {
        if (request == null || changes.isEmpty()) {
            return Future.succeededFuture();
        }
        StringBuilder json = new StringBuilder("[");
        for (EntityChange change : changes) {
            String whole = Json.write(change.members());
            boolean fits = json.length() + whole.length() <= MAX_CHANGES;
            json.append(json.length() > 1 ? "," : "").append(fits ? whole : Json.write(change.summary()));
        }
        UUID[] ids = changes.stream().map(EntityChange::id).distinct().toArray(UUID[]::new);
        return insert(connection, ADD, request, json.append(']').toString(), ids);
    }

    /** Records a change that is not one of a table. */
    public Future<Void> add(AuditedRequest request, EntityChange change) {
        return database.withConnection(connection -> add(connection, request, List.of(change)));
    }

    /** Records how many tokens of an owner a transaction has removed. */
    static Future<Void> addRevocation(
            SqlConnection connection,
            AuditedRequest request,
            @Nullable String authenticatedUserId,
            @Nullable UUID credentialId,
            int count) {
        Map<String, @Nullable Object> change = new LinkedHashMap<>();
        change.put("entity", "oauth2_tokens");
        change.put("operation", "delete");
        change.put("count", count);
        change.put("authenticated_userid", authenticatedUserId);
        change.put("credential", credentialId == null ? null : Map.of("id", credentialId.toString()));
        UUID[] ids = credentialId == null ? new UUID[0] : new UUID[] {credentialId};
        return insert(connection, ADD_BATCH, request, Json.write(List.of(change)), ids);
    }

    private static Future<Void> insert(
            SqlConnection connection, String sql, AuditedRequest request, String changes, UUID[] entityIds) {
        return connection
                .preparedQuery(sql)
                .execute(TokenRows.tuple(
                        request.id(),
                        request.clientAddress(),
                        request.clientName(),
                        request.method(),
                        request.path(),
                        request.status(),
                        changes,
                        changes.length(),
                        entityIds,
                        request.retention().toSeconds()))
                .mapEmpty();
    }

    /**
     * Lists records, the newest first.
     *
     * @param entity the entity that they concern; null: any
     * @param before the last record of the previous page; null: the first page
     * @param size the most records of the page
     */
    public Future<Page> list(@Nullable UUID entity, @Nullable Long before, int size) {
        List<@Nullable Object> parameters = new ArrayList<>(List.of(size + 1, (long) MAX_PAGE));
        StringBuilder conditions = new StringBuilder();
        if (before != null) {
            parameters.add(before);
            conditions.append(" AND id < $").append(parameters.size());
        }
        if (entity != null) {
            parameters.add(entity);
            conditions
                    .append(" AND entity_ids @> ARRAY[$")
                    .append(parameters.size())
                    .append("::uuid]");
        }
        return database.query(LIST.formatted(conditions), TokenRows.tuple(parameters.toArray()))
                .map(rows -> {
                    List<Recorded> entries = new ArrayList<>(rows.size());
                    long found = 0;
                    for (Row row : rows) {
                        found = row.getLong("found");
                        if (entries.size() < size) {
                            entries.add(entry(row));
                        }
                    }
                    return new Page(entries, found > entries.size());
                });
    }

    private static Recorded entry(Row row) {
        return new Recorded(
                row.getLong("id"),
                row.getString("request_id"),
                row.getLong("requested_at"),
                row.getString("client_ip"),
                row.getString("client_name"),
                row.getString("method"),
                row.getString("path"),
                row.getInteger("status"),
                row.getJsonArray("changes").getList(),
                row.getLong("ttl"));
    }
}
