package io.gatehouse.store;

import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.JwtState;
import io.gatehouse.credential.KeyState;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which cached facts a write makes untrue: they are about the entity, name it, or go with it. Expired tokens do not matter.
 * The entity's row is locked before, so nothing can come up in between that this would miss: its foreign key waits for the
 * lock.
 */
final class InvalidatedDigests {
    private static final String LIVE = "(t.expires_in = 0 OR t.created_at + t.expires_in >= extract(epoch FROM now()))";
    private static final String TOKENS = "SELECT t.access_token_digest FROM oauth2_tokens t ";

    private static final Map<String, String> BY_ENTITY = Map.of(
            "oauth2_tokens",
            TOKENS + "WHERE t.id = $1",
            "oauth2_credentials",
            TOKENS + "WHERE t.credential_id = $1 AND " + LIVE,
            "keyauth_credentials",
            "SELECT key_digest FROM keyauth_credentials WHERE id = $1",
            "jwt_secrets",
            "SELECT key_digest FROM jwt_secrets WHERE id = $1",
            "acls",
            "SELECT consumer_digest FROM acls WHERE id = $1",
            "consumers",
            TOKENS + "JOIN oauth2_credentials c ON c.id = t.credential_id WHERE c.consumer_id = $1 AND " + LIVE
                    + " UNION SELECT key_digest FROM keyauth_credentials WHERE consumer_id = $1"
                    + " UNION SELECT key_digest FROM jwt_secrets WHERE consumer_id = $1"
                    + " UNION SELECT consumer_digest FROM acls WHERE consumer_id = $1");

    private static final Map<String, String> ON_DELETE =
            Map.of("services", TOKENS + "WHERE t.service_id = $1 AND " + LIVE);

    private InvalidatedDigests() {}

    static Future<List<CredentialDigest>> onUpdate(SqlConnection connection, EntitySchema schema, Document entity) {
        return read(connection, BY_ENTITY.get(schema.name()), entity);
    }

    static Future<List<CredentialDigest>> onDelete(SqlConnection connection, EntitySchema schema, Document entity) {
        String sql = BY_ENTITY.getOrDefault(schema.name(), ON_DELETE.get(schema.name()));
        return read(connection, sql, entity);
    }

    /** What is true of the entity once it is written, where "unknown" or "none" may be remembered. */
    static List<CredentialDigest> afterWrite(EntitySchema schema, Document entity) {
        return switch (schema.name()) {
            case "oauth2_tokens" -> shown(entity.optionalString("access_token"), CredentialDigest::of);
            case "keyauth_credentials" -> shown(entity.optionalString("key"), KeyState::digest);
            case "jwt_secrets" -> shown(entity.optionalString("key"), JwtState::digest);
            case "acls" -> shown(entity.reference("consumer"), ConsumerGroups::digest);
            default -> List.of();
        };
    }

    private static <T> List<CredentialDigest> shown(@Nullable T value, Function<T, CredentialDigest> digest) {
        return value == null ? List.of() : List.of(digest.apply(value));
    }

    private static Future<List<CredentialDigest>> read(
            SqlConnection connection, @Nullable String sql, Document entity) {
        if (sql == null) {
            return Future.succeededFuture(List.of());
        }
        return connection.preparedQuery(sql).execute(Tuple.of(entity.id())).map(rows -> {
            List<CredentialDigest> digests = new ArrayList<>(rows.size());
            rows.forEach(
                    row -> digests.add(CredentialDigest.ofBytes(row.getBuffer(0).getBytes())));
            return digests;
        });
    }
}
