package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deletes the tokens of a grant in the caller's transaction. The tokens that come from them by an exchange end with them
 * ({@link ExchangedTokens}), and their digests are returned too. For a grant that has ended before, none are.
 */
public final class GrantRevocation {
    private static final String DELETE_FAMILY =
            "DELETE FROM oauth2_tokens WHERE family_id = $1 RETURNING access_token_digest";

    /** Also by a refresh token that was rotated: its successors are of the same family. */
    private static final String FIND = """
            SELECT id, credential_id, family_id, refresh_token_digest FROM oauth2_tokens
             WHERE (access_token_digest = $1 OR refresh_token_digest = $1) AND credential_id = $2
             UNION ALL
            SELECT NULL, credential_id, family_id, refresh_token_digest FROM oauth2_rotated_tokens
             WHERE refresh_token_digest = $1 AND credential_id = $2""";

    /** An id counts before a token of the same text. */
    private static final String FIND_NAMED = """
            SELECT id, credential_id, family_id, refresh_token_digest, 1 AS place FROM oauth2_tokens WHERE id = $1
             UNION ALL
            SELECT id, credential_id, family_id, refresh_token_digest, 2 FROM oauth2_tokens
             WHERE access_token_digest = $2 OR refresh_token_digest = $2
             UNION ALL
            SELECT NULL, credential_id, family_id, refresh_token_digest, 2 FROM oauth2_rotated_tokens
             WHERE refresh_token_digest = $2
             ORDER BY place""";

    private static final String FIND_LIVING = "SELECT id FROM oauth2_tokens WHERE id = $1 OR family_id = $2";

    private static final String FIND_FAMILY_SINCE_ROTATION =
            "SELECT family_id FROM oauth2_rotated_tokens WHERE refresh_token_digest = $1 AND credential_id = $2";

    /** By the id too, because a refresh may have replaced the access token of the row. */
    private static final String DELETE_GRANT = """
            DELETE FROM oauth2_tokens
             WHERE (access_token_digest = $1 OR refresh_token_digest = $1 OR id = $3 OR family_id = $4)
               AND credential_id = $2
            RETURNING access_token_digest""";

    private GrantRevocation() {}

    static Future<List<CredentialDigest>> revokeFamily(SqlConnection connection, UUID familyId) {
        return GrantLocks.lock(connection, familyId)
                .compose(locked -> connection.preparedQuery(DELETE_FAMILY).execute(Tuple.of(familyId)))
                .compose(rows -> invalidate(connection, digests(rows), familyId));
    }

    /**
     * Logs the deleted tokens of a grant, and those that come from it; none if the grant has ended before, which has logged them.
     *
     * <p><i>Why</i>: the rows of exchanged tokens stay until they expire. A client that presents an old refresh token or code again and
     * again would evict cached states of every client.
     */
    private static Future<List<CredentialDigest>> invalidate(
            SqlConnection connection, List<CredentialDigest> deleted, UUID grant) {
        if (deleted.isEmpty()) {
            return Future.succeededFuture(deleted);
        }
        return ExchangedTokens.find(connection, List.of(grant)).compose(exchanged -> {
            List<CredentialDigest> all = new ArrayList<>(deleted);
            all.addAll(exchanged);
            return InvalidationLog.add(connection, all);
        });
    }

    static Future<List<CredentialDigest>> revoke(SqlConnection connection, CredentialDigest digest, UUID credentialId) {
        return connection
                .preparedQuery(FIND)
                .execute(TokenRows.tuple(TokenRows.bytes(digest), credentialId))
                .compose(rows -> {
                    Row row = GrantStore.first(rows);
                    return row == null
                            ? Future.succeededFuture(List.of())
                            : lockFamily(connection, row)
                                    .compose(family -> connection
                                            .preparedQuery(DELETE_GRANT)
                                            .execute(TokenRows.tuple(
                                                    TokenRows.bytes(digest), credentialId, row.getUUID("id"), family))
                                            .compose(deleted -> invalidate(
                                                    connection,
                                                    digests(deleted),
                                                    family == null ? row.getUUID("id") : family)));
                });
    }

    /**
     * Locks the grant of the token that an id, an access token or a refresh token names, and returns the id of the token that lives:
     * a refresh may have replaced the named one. Empty: none does.
     */
    public static Future<Optional<UUID>> lockNamed(
            SqlConnection connection, @Nullable UUID id, CredentialDigest digest) {
        return connection
                .preparedQuery(FIND_NAMED)
                .execute(TokenRows.tuple(id, TokenRows.bytes(digest)))
                .compose(rows -> {
                    Row row = GrantStore.first(rows);
                    return row == null
                            ? Future.succeededFuture(Optional.empty())
                            : lockFamily(connection, row)
                                    .compose(family -> connection
                                            .preparedQuery(FIND_LIVING)
                                            .execute(TokenRows.tuple(row.getUUID("id"), family)))
                                    .map(living -> Optional.ofNullable(GrantStore.first(living))
                                            .map(found -> found.getUUID("id")));
                });
    }

    /** Locks the grant of a row. Returns its family; null: the token was imported and never rotated. */
    private static Future<@Nullable UUID> lockFamily(SqlConnection connection, Row row) {
        UUID family = row.getUUID("family_id");
        if (family != null) {
            return GrantLocks.lock(connection, family).map(family);
        }
        // A refresh may have held the lock, and have rotated the token into a family.
        return GrantLocks.lock(connection, row.getUUID("id"))
                .compose(locked -> connection
                        .preparedQuery(FIND_FAMILY_SINCE_ROTATION)
                        .execute(TokenRows.tuple(row.getBuffer("refresh_token_digest"), row.getUUID("credential_id"))))
                .compose(rows -> {
                    Row rotated = GrantStore.first(rows);
                    UUID since = rotated == null ? null : rotated.getUUID("family_id");
                    return since == null
                            ? Future.succeededFuture(since)
                            : GrantLocks.lock(connection, since).map(since);
                });
    }

    private static List<CredentialDigest> digests(RowSet<Row> rows) {
        List<CredentialDigest> digests = new ArrayList<>(rows.size());
        rows.forEach(
                row -> digests.add(CredentialDigest.ofBytes(row.getBuffer(0).getBytes())));
        return digests;
    }
}
