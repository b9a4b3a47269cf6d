package io.gatehouse.store;

import io.gatehouse.entity.Document;
import io.gatehouse.entity.EntitySchema;
import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens a write makes untrue: their facts name the entity, or they go with it. Expired ones do not matter. The
 * entity's row is locked before, so no token can be issued in between that this would miss: its foreign key waits for
 * the lock.
 */
final class AffectedTokens {
    private static final String LIVE = "(t.expires_in = 0 OR t.created_at + t.expires_in >= extract(epoch FROM now()))";
    private static final String SELECT = "SELECT t.access_token_digest FROM oauth2_tokens t ";

    private static final Map<String, String> BY_ENTITY = Map.of(
            "oauth2_tokens", SELECT + "WHERE t.id = $1",
            "oauth2_credentials", SELECT + "WHERE t.credential_id = $1 AND " + LIVE,
            "consumers",
                    SELECT + "JOIN oauth2_credentials c ON c.id = t.credential_id WHERE c.consumer_id = $1 AND "
                            + LIVE);

    private static final Map<String, String> ON_DELETE =
            Map.of("services", SELECT + "WHERE t.service_id = $1 AND " + LIVE);

    private AffectedTokens() {}

    static Future<List<TokenDigest>> onUpdate(SqlConnection connection, EntitySchema schema, Document entity) {
        return read(connection, BY_ENTITY.get(schema.name()), entity);
    }

    static Future<List<TokenDigest>> onDelete(SqlConnection connection, EntitySchema schema, Document entity) {
        String sql = BY_ENTITY.getOrDefault(schema.name(), ON_DELETE.get(schema.name()));
        return read(connection, sql, entity);
    }

    private static Future<List<TokenDigest>> read(SqlConnection connection, @Nullable String sql, Document entity) {
        if (sql == null) {
            return Future.succeededFuture(List.of());
        }
        return connection.preparedQuery(sql).execute(Tuple.of(entity.id())).map(rows -> {
            List<TokenDigest> digests = new ArrayList<>(rows.size());
            rows.forEach(row -> digests.add(TokenDigest.ofBytes(row.getBuffer(0).getBytes())));
            return digests;
        });
    }
}
