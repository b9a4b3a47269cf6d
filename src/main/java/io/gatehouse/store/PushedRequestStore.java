package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Stores authorization requests that clients push (RFC 9126), by the digest of their reference. */
public final class PushedRequestStore {
    /** Life in seconds: the resource owner logs in meanwhile. */
    public static final int LIFE_SECONDS = 600;

    /** Unexpired requests of one client. */
    static final int QUOTA = 10_000;

    // A foreign key names the owner that is deleted meanwhile. Each statement that runs at the same time may exceed the
    // quota by its row.
    private static final String INSERT = """
            INSERT INTO oauth2_pushed_requests (reference_digest, credential_id, plugin_id, parameters, delete_at)
            SELECT $1, $2::uuid, $3, $4, floor(extract(epoch FROM now()))::bigint + $5::bigint
             WHERE (SELECT count(*) FROM (SELECT FROM oauth2_pushed_requests
                                           WHERE credential_id = $2::uuid AND delete_at > extract(epoch FROM now())
                                           LIMIT $6::bigint) live) < $6::bigint""";

    private static final String FIND = """
            SELECT parameters FROM oauth2_pushed_requests
             WHERE reference_digest = $1 AND plugin_id = $2 AND attempt_digest IS NULL
               AND delete_at > extract(epoch FROM now())""";

    private static final String USE = """
            UPDATE oauth2_pushed_requests SET attempt_digest = $4
             WHERE reference_digest = $1 AND plugin_id = $2 AND parameters ->> 'client_id' = $3
               AND (attempt_digest IS NULL OR attempt_digest = $4) AND delete_at > extract(epoch FROM now())
            RETURNING parameters""";

    private final Database database;

    public PushedRequestStore(Database database) {
        this.database = database;
    }

    /**
     * Stores a request; returns false if the client has too many that have not expired. Fails with {@link StoreException.OwnerDeleted}.
     *
     * @param parameters with the {@code client_id} of the client
     */
    public Future<Boolean> insert(
            CredentialDigest reference, UUID credentialId, UUID pluginId, Map<String, @Nullable Object> parameters) {
        return database.query(
                        INSERT,
                        TokenRows.tuple(
                                TokenRows.bytes(reference),
                                credentialId,
                                pluginId,
                                new JsonObject(parameters),
                                (long) LIFE_SECONDS,
                                (long) QUOTA))
                .map(rows -> rows.rowCount() == 1)
                .recover(SqlFailures::onIssue);
    }

    /** Reads the parameters of a request that has not been used; empty if there is none. */
    public Future<Optional<Map<String, @Nullable Object>>> find(CredentialDigest reference, UUID pluginId) {
        return database.query(FIND, TokenRows.tuple(TokenRows.bytes(reference), pluginId))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows)).map(PushedRequestStore::parameters));
    }

    /**
     * Uses a request of the client, once; returns its parameters. Empty if it does not exist, has expired, or has been used by another
     * attempt.
     */
    public Future<Optional<Map<String, @Nullable Object>>> use(
            CredentialDigest reference, UUID pluginId, String clientId, CredentialDigest attempt) {
        return database.query(
                        USE, TokenRows.tuple(TokenRows.bytes(reference), pluginId, clientId, TokenRows.bytes(attempt)))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows)).map(PushedRequestStore::parameters));
    }

    private static Map<String, @Nullable Object> parameters(Row row) {
        return row.getJsonObject("parameters").getMap();
    }
}
