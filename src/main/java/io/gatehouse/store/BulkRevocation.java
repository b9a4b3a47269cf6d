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
 * Removes the tokens of a resource owner, of a client, or of a resource owner at a client, in bounded batches. The first batch
 * removes the authorization codes as well, because each one could still be redeemed for a token.
 */
public final class BulkRevocation {
    private static final int BATCH = 1_000;

    private static final String OF_OWNER_AND_CLIENT =
            " WHERE ($1::text IS NULL OR authenticated_userid = $1)" + " AND ($2::uuid IS NULL OR credential_id = $2)";

    private static final String REMOVE_CODES = "DELETE FROM oauth2_authorization_codes" + OF_OWNER_AND_CLIENT;

    private static final String REMOVE_TOKENS =
            "WITH found AS (SELECT id FROM oauth2_tokens" + OF_OWNER_AND_CLIENT + " LIMIT " + BATCH
                    + "), removed AS (DELETE FROM oauth2_tokens WHERE id IN (SELECT id FROM found)"
                    + " RETURNING access_token_digest, coalesce(family_id, id) AS grant_id)"
                    + " SELECT access_token_digest, (SELECT count(*) FROM found), grant_id FROM removed"
                    + " UNION ALL SELECT NULL, (SELECT count(*) FROM found), NULL";

    private final Database database;

    public BulkRevocation(Database database) {
        this.database = database;
    }

    /**
     * Reports what one batch has removed.
     *
     * @param removed the number of rows
     * @param accessTokens digests that every cache must evict: also those of tokens that come from the removed ones
     * @param isLast whether no token is left. If a concurrent refresh replaced a row, there is another batch
     */
    public record Batch(int removed, List<CredentialDigest> accessTokens, boolean isLast) {}

    /**
     * Removes a batch; fails with a {@link StoreException}.
     *
     * @param authenticatedUserId the resource owner; null: any
     * @param credentialId the client; null: any
     * @param request is recorded in the audit trail; null: it is not
     */
    public Future<Batch> removeBatch(
            @Nullable String authenticatedUserId, @Nullable UUID credentialId, @Nullable AuditedRequest request) {
        if (authenticatedUserId == null && credentialId == null) {
            throw new IllegalArgumentException("a bulk revocation needs a resource owner or a client");
        }
        Tuple owners = Tuple.tuple(new ArrayList<>(Arrays.asList(authenticatedUserId, credentialId)));
        return database.withTransaction(connection -> connection
                .preparedQuery(REMOVE_CODES)
                .execute(owners)
                .compose(codes -> removeTokens(connection, owners)
                        .compose(tokens -> request == null || codes.rowCount() + tokens.removed() == 0
                                ? Future.succeededFuture(tokens)
                                : AuditTrail.addRevocation(
                                                connection,
                                                request,
                                                authenticatedUserId,
                                                credentialId,
                                                tokens.removed())
                                        .map(tokens))));
    }

    private static Future<Batch> removeTokens(SqlConnection connection, Tuple owners) {
        return connection.preparedQuery(REMOVE_TOKENS).execute(owners).compose(rows -> {
            List<CredentialDigest> removed = new ArrayList<>(rows.size());
            List<UUID> grants = new ArrayList<>(rows.size());
            long found = 0;
            for (Row row : rows) {
                found = row.getLong(1);
                if (row.getBuffer(0) != null) {
                    removed.add(CredentialDigest.ofBytes(row.getBuffer(0).getBytes()));
                    grants.add(row.getUUID(2));
                }
            }
            int count = removed.size();
            boolean isLast = found < BATCH && count == found;
            return ExchangedTokens.find(connection, grants)
                    .compose(exchanged -> {
                        removed.addAll(exchanged);
                        return InvalidationLog.add(connection, removed);
                    })
                    .map(added -> new Batch(count, added, isLast));
        });
    }
}
