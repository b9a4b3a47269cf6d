package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.UUID;

/**
 * Stores which assertions clients have used, so that each is accepted once by all issuers together (RFC 7523 §3, 7).
 *
 * <p><i>Invariant</i>: an assertion is accepted only after its row is committed. Without PostgreSQL, none is.
 */
public final class AssertionStore {
    /** Unexpired assertions of one client: 33 a second, each of 300 seconds. */
    static final int QUOTA = 10_000;

    // The lock excludes a deletion of the client. Of two concurrent inserts of one assertion, the second waits for the
    // first. Each
    // statement that runs at the same time may exceed the quota by its row.
    private static final String USE = """
            WITH client AS (SELECT id FROM oauth2_credentials WHERE id = $1 FOR KEY SHARE),
                 known AS (SELECT count(*) >= $5 AS is_full
                             FROM (SELECT FROM oauth2_assertions
                                    WHERE credential_id = $1 AND delete_at > extract(epoch FROM now()) LIMIT $5) live),
                 stored AS (
            INSERT INTO oauth2_assertions AS used (credential_id, jti_digest, attempt_digest, delete_at)
            SELECT client.id, $2, $3, $4 FROM client, known WHERE NOT is_full
                ON CONFLICT (credential_id, jti_digest)
                DO UPDATE SET delete_at = used.delete_at WHERE used.attempt_digest = excluded.attempt_digest
            RETURNING 1)
            SELECT is_full, EXISTS (SELECT FROM stored) AS is_stored FROM known""";

    private final Database database;

    public AssertionStore(Database database) {
        this.database = database;
    }

    /** The result of presenting an assertion. */
    public enum Use {
        /** It is used for the first time, or again by the attempt that used it. */
        ACCEPTED,
        /** It was used before, or the client has been deleted. */
        REPLAYED,
        /** The client has too many assertions that have not expired. */
        QUOTA_EXCEEDED
    }

    /**
     * Uses an assertion.
     *
     * @param jti its identifier, which is unique among those of the client
     * @param attempt identifies a repeated attempt
     * @param deleteAt seconds since the epoch, when no issuer accepts the assertion
     */
    public Future<Use> use(UUID credentialId, CredentialDigest jti, CredentialDigest attempt, long deleteAt) {
        return database.query(
                        USE,
                        TokenRows.tuple(
                                credentialId, TokenRows.bytes(jti), TokenRows.bytes(attempt), deleteAt, (long) QUOTA))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    if (row.getBoolean("is_stored")) {
                        return Use.ACCEPTED;
                    }
                    return row.getBoolean("is_full") ? Use.QUOTA_EXCEEDED : Use.REPLAYED;
                });
    }
}
