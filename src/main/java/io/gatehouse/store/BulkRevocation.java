package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Removes the tokens of a resource owner, of a client, or of one with the other, a bounded batch at a time. Codes that were
 * not redeemed yet go with the first batch, or the next second would bring new tokens.
 */
public final class BulkRevocation {
    private static final int BATCH = 1_000;

    private static final String WHOSE =
            " WHERE ($1::text IS NULL OR authenticated_userid = $1)" + " AND ($2::uuid IS NULL OR credential_id = $2)";

    private static final String REMOVE_CODES = "DELETE FROM oauth2_authorization_codes" + WHOSE;

    private static final String REMOVE_TOKENS =
            "WITH found AS (SELECT id FROM oauth2_tokens" + WHOSE + " LIMIT " + BATCH
                    + "), removed AS (DELETE FROM oauth2_tokens WHERE id IN (SELECT id FROM found) RETURNING access_token_digest)"
                    + " SELECT access_token_digest, (SELECT count(*) FROM found) FROM removed"
                    + " UNION ALL SELECT NULL, (SELECT count(*) FROM found)";

    private final Database database;

    public BulkRevocation(Database database) {
        this.database = database;
    }

    /**
     * What one batch removed.
     *
     * @param accessTokens digests every cache must forget
     * @param isLast whether nothing that was there is left: a refresh that held a row meanwhile put another in its place
     */
    public record Batch(List<CredentialDigest> accessTokens, boolean isLast) {}

    /**
     * Removes a batch; fails with a {@link StoreException}.
     *
     * @param authenticatedUserId the resource owner; null: any
     * @param credentialId the client; null: any
     */
    public Future<Batch> removeBatch(@Nullable String authenticatedUserId, @Nullable UUID credentialId) {
        if (authenticatedUserId == null && credentialId == null) {
            throw new IllegalArgumentException("revoking every token takes more than leaving both out");
        }
        Tuple whose = Tuple.tuple(new ArrayList<>(Arrays.asList(authenticatedUserId, credentialId)));
        return database.withTransaction(connection -> connection
                .preparedQuery(REMOVE_CODES)
                .execute(whose)
                .compose(codes -> removeTokens(connection, whose)));
    }

    private static Future<Batch> removeTokens(SqlConnection connection, Tuple whose) {
        return connection.preparedQuery(REMOVE_TOKENS).execute(whose).compose(rows -> {
            List<CredentialDigest> removed = new ArrayList<>(rows.size());
            long found = 0;
            for (Row row : rows) {
                found = row.getLong(1);
                if (row.getBuffer(0) != null) {
                    removed.add(CredentialDigest.ofBytes(row.getBuffer(0).getBytes()));
                }
            }
            boolean isLast = found < BATCH && removed.size() == found;
            return InvalidationLog.note(connection, removed).map(noted -> new Batch(noted, isLast));
        });
    }
}
