package io.gatehouse.store.entity;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.BasicState;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.HmacState;
import io.gatehouse.credential.JwtState;
import io.gatehouse.credential.KeyState;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.DeletedOwners;
import io.gatehouse.store.ExchangedTokens;
import io.gatehouse.store.InvalidationLog;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds the credentials whose cached state a write invalidates: those that are the entity, name it, or end with it.
 * Tokens that have expired on every node are left out. If there are more than {@link InvalidationLog#MAX_LISTED}, it finds one more
 * than that.
 *
 * <p><i>Invariant</i>: the caller has locked the entity's row. A concurrent insert of a credential that references it waits for
 * that lock, so none is missed. A token references the credential of its client alone, so those of a Consumer are locked here.
 */
final class InvalidatedDigests {
    /**
     * Seconds for which a node may accept a token that has expired by PostgreSQL's clock. A node compares whole seconds, and its
     * estimate of that clock is late by the time that a read of the change feed took.
     */
    private static final long MARGIN_SECONDS =
            ClusterTimings.FEED_TIMEOUT.plusSeconds(1).toSeconds();

    private static final String LIVE =
            "(t.expires_in = 0 OR t.created_at + t.expires_in + " + MARGIN_SECONDS + " >= extract(epoch FROM now()))";
    private static final String OF_CONSUMER =
            "JOIN oauth2_credentials c ON c.id = t.credential_id WHERE c.consumer_id = $1";
    private static final int LIMIT = InvalidationLog.MAX_LISTED + 1;

    /** The most rows of tokens that a write reads, because expired ones may stay for as long as their refresh tokens. */
    private static final int MAX_ROWS = 50_000;

    private static final Map<String, String> BY_ENTITY = Map.of(
            "oauth2_tokens",
            "SELECT access_token_digest FROM oauth2_tokens WHERE id = $1 UNION " + ExchangedTokens.OF_TOKEN,
            "oauth2_credentials",
            tokens("WHERE t.credential_id = $1") + " UNION " + ExchangedTokens.OF_CLIENT,
            "keyauth_credentials",
            "SELECT key_digest FROM keyauth_credentials WHERE id = $1",
            "jwt_secrets",
            "SELECT key_digest FROM jwt_secrets WHERE id = $1",
            "basicauth_credentials",
            "SELECT username_digest FROM basicauth_credentials WHERE id = $1",
            "hmacauth_credentials",
            "SELECT username_digest FROM hmacauth_credentials WHERE id = $1",
            "acls",
            "SELECT consumer_digest FROM acls WHERE id = $1",
            "consumers",
            tokens(OF_CONSUMER)
                    + " UNION "
                    + ExchangedTokens.OF_CONSUMER
                    + " UNION SELECT key_digest FROM keyauth_credentials WHERE consumer_id = $1"
                    + " UNION SELECT key_digest FROM jwt_secrets WHERE consumer_id = $1"
                    + " UNION SELECT username_digest FROM basicauth_credentials WHERE consumer_id = $1"
                    + " UNION SELECT username_digest FROM hmacauth_credentials WHERE consumer_id = $1"
                    + " UNION SELECT consumer_digest FROM acls WHERE consumer_id = $1"
                    + " UNION SELECT gatehouse_digest('consumer:' || id::text) FROM consumers WHERE id = $1"
                    + " UNION SELECT gatehouse_digest('consumer-username:' || username) FROM consumers"
                    + " WHERE id = $1 AND username IS NOT NULL"
                    + " UNION SELECT gatehouse_digest('consumer-custom-id:' || custom_id) FROM consumers"
                    + " WHERE id = $1 AND custom_id IS NOT NULL");

    /** The fields that cached states have of an entity, where most of its writes change others. */
    private static final Map<String, List<String>> IN_STATES =
            Map.of("oauth2_credentials", List.of("client_id", "consumer"));

    private static final Map<String, String> LOCKS =
            Map.of("consumers", "SELECT id FROM oauth2_credentials WHERE consumer_id = $1 ORDER BY id FOR UPDATE");

    private static final Map<String, String> ON_DELETE = Map.of("services", tokens("WHERE t.service_id = $1"));

    private InvalidatedDigests() {}

    /** Selects live tokens. If there are too many rows to look for them, it selects any of them, and so too many. */
    private static String tokens(String condition) {
        return "(WITH scanned AS MATERIALIZED (SELECT t.access_token_digest AS digest, " + LIVE
                + " AS is_live FROM oauth2_tokens t " + condition + " AND " + DeletedOwners.excludedFrom("t")
                + " LIMIT "
                + MAX_ROWS + ") SELECT digest FROM scanned WHERE is_live OR (SELECT count(*) FROM scanned) = "
                + MAX_ROWS
                + " LIMIT " + LIMIT + ")";
    }

    /** {@code wanted} replaces the entity, with ids in place of other references. */
    static Future<List<CredentialDigest>> onUpdate(
            SqlConnection connection, EntitySchema schema, Document entity, Document wanted) {
        return isInStates(schema, entity, wanted)
                ? lock(connection, schema, entity)
                        .compose(locked -> read(connection, BY_ENTITY.get(schema.name()), entity))
                : Future.succeededFuture(List.of());
    }

    /**
     * Whether cached states may have what a write changes.
     *
     * <p><i>Why</i>: a client that has registered itself may change its registration at any rate. With many tokens, each change
     * would evict every cached state.
     */
    private static boolean isInStates(EntitySchema schema, Document entity, Document wanted) {
        List<String> fields = IN_STATES.get(schema.name());
        return fields == null
                || fields.stream().anyMatch(field -> !Objects.equals(entity.get(field), wanted.get(field)));
    }

    static Future<List<CredentialDigest>> onDelete(SqlConnection connection, EntitySchema schema, Document entity) {
        String sql = BY_ENTITY.getOrDefault(schema.name(), ON_DELETE.get(schema.name()));
        return lock(connection, schema, entity).compose(locked -> read(connection, sql, entity));
    }

    /**
     * The digest of the written entity, of which "unknown" or "no groups" may be cached. Those of a Consumer are left out: "unknown" expires
     * within a second, and an import of Consumers would otherwise evict every cached state.
     */
    static List<CredentialDigest> afterWrite(EntitySchema schema, Document entity) {
        return switch (schema.name()) {
            case "oauth2_tokens" -> digest(entity.optionalString("access_token"), CredentialDigest::of);
            case "keyauth_credentials" -> digest(entity.optionalString("key"), KeyState::digest);
            case "jwt_secrets" -> digest(entity.optionalString("key"), JwtState::digest);
            case "basicauth_credentials" -> digest(entity.optionalString("username"), BasicState::digest);
            case "hmacauth_credentials" -> digest(entity.optionalString("username"), HmacState::digest);
            case "acls" -> digest(entity.reference("consumer"), ConsumerGroups::digest);
            default -> List.of();
        };
    }

    private static <T> List<CredentialDigest> digest(@Nullable T value, Function<T, CredentialDigest> digest) {
        return value == null ? List.of() : List.of(digest.apply(value));
    }

    private static Future<?> lock(SqlConnection connection, EntitySchema schema, Document entity) {
        String sql = LOCKS.get(schema.name());
        return sql == null
                ? Future.succeededFuture()
                : connection.preparedQuery(sql).execute(Tuple.of(entity.id()));
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
