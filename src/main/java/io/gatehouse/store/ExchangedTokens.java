package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Finds the tokens that come from other tokens by an exchange (RFC 8693), and excludes from every read those of which a grant has
 * ended: its client has no token of it any more, or the client or the Service is deleted.
 *
 * <p><i>Why</i>: a token has many ways to end. A read that requires the grants covers all of them, so only the invalidation of cached
 * states has to find the exchanged tokens. Their rows stay until they expire, which each of them does, or until the grant could get a token
 * again.
 */
public final class ExchangedTokens {
    /** Selects the tokens that come from the token {@code $1}; likewise of a client and of a Consumer. */
    public static final String OF_TOKEN =
            select("family_id = (SELECT coalesce(family_id, id) FROM oauth2_tokens WHERE id = $1)");

    public static final String OF_CLIENT = select("credential_id = $1");

    public static final String OF_CONSUMER =
            select("credential_id IN (SELECT id FROM oauth2_credentials WHERE consumer_id = $1)");

    private static final String OF_GRANTS = select("family_id = ANY($1::uuid[])");

    private static final String REMOVE_ENDED =
            "DELETE FROM oauth2_tokens t WHERE t.id = ANY(ARRAY(SELECT token_id FROM oauth2_exchanges"
                    + " WHERE family_id = (SELECT coalesce(family_id, id) FROM oauth2_tokens WHERE id = $1)))"
                    + " AND NOT " + withSubjects("t");

    private ExchangedTokens() {}

    /** One more than a transaction logs one by one. A token may come from several of the grants. */
    private static String select(String condition) {
        return "(SELECT access_token_digest FROM oauth2_tokens WHERE id = ANY(ARRAY("
                + "SELECT DISTINCT token_id FROM oauth2_exchanges WHERE " + condition
                + " LIMIT " + (InvalidationLog.MAX_LISTED + 1) + ")))";
    }

    /**
     * Returns the condition that a token comes from no other, or that each grant that it comes from has a token of its client. The end of
     * another client, to which the Admin API has given that token, would not find the tokens that come from it.
     *
     * @param token the name or alias of {@code oauth2_tokens} in the statement
     */
    public static String withSubjects(String token) {
        return "(" + token + ".subject_families IS NULL OR NOT EXISTS (SELECT 1 FROM unnest(" + token
                + ".subject_families, " + token + ".subject_credentials) AS subject (family, credential)"
                + " WHERE NOT EXISTS (SELECT 1 FROM oauth2_tokens s WHERE s.family_id = subject.family"
                + " AND s.credential_id = subject.credential AND " + DeletedOwners.excludedFrom("s") + ")))";
    }

    /**
     * Removes the tokens that come from a token and have ended, because the Admin API has given it to another client. It may give the
     * token back, which would make them valid again.
     */
    public static Future<Void> removeEnded(SqlConnection connection, UUID token) {
        return connection.preparedQuery(REMOVE_ENDED).execute(Tuple.of(token)).mapEmpty();
    }

    /** Finds the tokens that come from grants; {@link InvalidationLog#MAX_LISTED} and one more at most. */
    static Future<List<CredentialDigest>> find(SqlConnection connection, List<UUID> grants) {
        return connection
                .preparedQuery(OF_GRANTS)
                .execute(Tuple.of((Object) grants.toArray(UUID[]::new)))
                .map(rows -> {
                    List<CredentialDigest> digests = new ArrayList<>(rows.size());
                    rows.forEach(row -> digests.add(
                            CredentialDigest.ofBytes(row.getBuffer(0).getBytes())));
                    return digests;
                });
    }
}
