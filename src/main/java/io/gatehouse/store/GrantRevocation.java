package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Deletes the tokens of a grant in the caller's transaction. */
final class GrantRevocation {
    private static final String DELETE_FAMILY =
            "DELETE FROM oauth2_tokens WHERE family_id = $1 RETURNING access_token_digest";

    /** Also by a refresh token that was rotated: its successors are of the same family. */
    private static final String FIND = """
            SELECT id, family_id, refresh_token_digest FROM oauth2_tokens
             WHERE (access_token_digest = $1 OR refresh_token_digest = $1) AND credential_id = $2
             UNION ALL
            SELECT NULL, family_id, refresh_token_digest FROM oauth2_rotated_tokens
             WHERE refresh_token_digest = $1 AND credential_id = $2""";

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
                .compose(rows -> InvalidationLog.add(connection, digests(rows)));
    }

    static Future<List<CredentialDigest>> revoke(SqlConnection connection, CredentialDigest digest, UUID credentialId) {
        return connection
                .preparedQuery(FIND)
                .execute(TokenRows.tuple(TokenRows.bytes(digest), credentialId))
                .compose(rows -> {
                    Row row = GrantStore.first(rows);
                    return row == null
                            ? Future.succeededFuture(List.of())
                            : lockFamily(connection, row, credentialId)
                                    .compose(family -> connection
                                            .preparedQuery(DELETE_GRANT)
                                            .execute(TokenRows.tuple(
                                                    TokenRows.bytes(digest), credentialId, row.getUUID("id"), family)))
                                    .compose(deleted -> InvalidationLog.add(connection, digests(deleted)));
                });
    }

    /** Locks the grant of a row. Returns its family; null: the token was imported and never rotated. */
    private static Future<@Nullable UUID> lockFamily(SqlConnection connection, Row row, UUID credentialId) {
        UUID family = row.getUUID("family_id");
        if (family != null) {
            return GrantLocks.lock(connection, family).map(family);
        }
        // A refresh may have held the lock, and have rotated the token into a family.
        return GrantLocks.lock(connection, row.getUUID("id"))
                .compose(locked -> connection
                        .preparedQuery(FIND_FAMILY_SINCE_ROTATION)
                        .execute(TokenRows.tuple(row.getBuffer("refresh_token_digest"), credentialId)))
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
