package io.gatehouse.store;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.TokenDigest;
import io.gatehouse.oauth.TokenFacts;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Rows of {@code oauth2_tokens} as they are written, on a connection that may be in the middle of a transaction. */
final class TokenRows {
    // The database's clock counts, so that issuers whose clocks differ agree on a token's age.
    private static final String INSERT = """
            INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,
                   access_token_digest, refresh_token_digest, authenticated_userid, scope, family_id, delete_at)
            SELECT $1, clock.seconds, $2, $3, 'bearer', $4, $5, $6, $7, $8, $9,
                   CASE WHEN $10::bigint > 0 THEN clock.seconds + $10::bigint END
              FROM (SELECT extract(epoch FROM now())::bigint AS seconds) clock
            RETURNING created_at""";

    private static final String RENEW = """
            UPDATE oauth2_tokens
               SET access_token_digest = $2, expires_in = $3, created_at = clock.seconds,
                   delete_at = CASE WHEN $4::bigint > 0 THEN clock.seconds + $4::bigint END
              FROM (SELECT extract(epoch FROM now())::bigint AS seconds) clock
             WHERE id = $1
            RETURNING created_at""";

    private TokenRows() {}

    static Future<TokenFacts> insert(SqlConnection connection, NewToken token, Client client) {
        return connection
                .preparedQuery(INSERT)
                .execute(tuple(
                        token.id(),
                        token.serviceId(),
                        client.credentialId(),
                        token.expiresIn(),
                        bytes(token.accessToken()),
                        bytes(token.refreshToken()),
                        token.authenticatedUserId(),
                        token.scope(),
                        token.familyId(),
                        token.deleteAfter()))
                .map(rows -> facts(token, client, rows.iterator().next().getLong(0)));
    }

    /** Puts a new access token into a row that keeps its refresh token. */
    static Future<TokenFacts> renew(SqlConnection connection, NewToken token, Client client) {
        return connection
                .preparedQuery(RENEW)
                .execute(tuple(token.id(), bytes(token.accessToken()), token.expiresIn(), token.deleteAfter()))
                .map(rows -> facts(token, client, rows.iterator().next().getLong(0)));
    }

    static Tuple tuple(@Nullable Object... values) {
        return Tuple.tuple(new ArrayList<>(Arrays.asList(values)));
    }

    static @Nullable Buffer bytes(@Nullable TokenDigest digest) {
        return digest == null ? null : Buffer.buffer(digest.toBytes());
    }

    private static TokenFacts facts(NewToken token, Client client, long createdAt) {
        return new TokenFacts(
                token.id(),
                client.credentialId(),
                client.clientId(),
                client.consumerId(),
                client.consumerUsername(),
                client.consumerCustomId(),
                token.serviceId(),
                token.authenticatedUserId(),
                token.scope(),
                createdAt,
                token.effectiveLife());
    }
}
