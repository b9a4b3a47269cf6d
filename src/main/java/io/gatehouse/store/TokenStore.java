package io.gatehouse.store;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.TokenDigest;
import io.gatehouse.oauth.TokenFacts;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tokens and clients as the issuer needs them: found by digest and by client id, written in one statement. */
public final class TokenStore {
    private static final String FIND_CLIENT = """
            SELECT c.id, c.client_id, c.client_secret, c.client_type, c.redirect_uris,
                   u.id AS consumer_id, u.username, u.custom_id
              FROM oauth2_credentials c JOIN consumers u ON u.id = c.consumer_id
             WHERE c.client_id = $1""";

    private static final String FIND_TOKEN = """
            SELECT t.id, t.credential_id, c.client_id, u.id AS consumer_id, u.username, u.custom_id,
                   t.service_id, t.authenticated_userid, t.scope, t.created_at, t.expires_in
              FROM oauth2_tokens t
              JOIN oauth2_credentials c ON c.id = t.credential_id
              JOIN consumers u ON u.id = c.consumer_id
             WHERE t.access_token_digest = $1
               AND (t.delete_at IS NULL OR t.delete_at > extract(epoch FROM now()))""";

    // The database's clock counts, so that issuers whose clocks differ agree on a token's age.
    private static final String INSERT = """
            INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,
                   access_token_digest, refresh_token_digest, authenticated_userid, scope, delete_at)
            SELECT $1, now.seconds, $2, $3, 'bearer', $4, $5, $6, $7, $8,
                   CASE WHEN $9::bigint > 0 THEN now.seconds + $9::bigint END
              FROM (SELECT extract(epoch FROM now())::bigint AS seconds) now
            RETURNING created_at""";

    private static final String REPLACE_SECRET =
            "UPDATE oauth2_credentials SET client_secret = $2 WHERE id = $1 AND client_secret = $3";

    private final Database database;

    public TokenStore(Database database) {
        this.database = database;
    }

    /** The client of that {@code client_id}. */
    public Future<Optional<Client>> findClient(String clientId) {
        return database.query(FIND_CLIENT, Tuple.of(clientId)).map(rows -> {
            RowIterator<Row> found = rows.iterator();
            return found.hasNext() ? Optional.of(client(found.next())) : Optional.empty();
        });
    }

    private static Client client(Row row) {
        JsonArray redirectUris = row.getJsonArray("redirect_uris");
        return new Client(
                row.getUUID("id"),
                row.getString("client_id"),
                row.getString("client_secret"),
                row.getString("client_type").equals("confidential"),
                redirectUris == null
                        ? List.of()
                        : redirectUris.stream().map(String.class::cast).toList(),
                row.getUUID("consumer_id"),
                row.getString("username"),
                row.getString("custom_id"));
    }

    /** Puts a better hash of the same secret in place, unless the secret was changed meanwhile. */
    public Future<Void> replaceSecret(Client client, String phc) {
        return database.query(REPLACE_SECRET, Tuple.of(client.credentialId(), phc, client.clientSecret()))
                .mapEmpty();
    }

    /** What is known of the token with that digest. */
    public Future<Optional<TokenFacts>> find(TokenDigest digest) {
        return database.query(FIND_TOKEN, Tuple.of(Buffer.buffer(digest.toBytes())))
                .map(rows -> {
                    RowIterator<Row> found = rows.iterator();
                    return found.hasNext() ? Optional.of(facts(found.next())) : Optional.empty();
                });
    }

    private static TokenFacts facts(Row row) {
        return new TokenFacts(
                row.getUUID("id"),
                row.getUUID("credential_id"),
                row.getString("client_id"),
                row.getUUID("consumer_id"),
                row.getString("username"),
                row.getString("custom_id"),
                row.getUUID("service_id"),
                row.getString("authenticated_userid"),
                row.getString("scope"),
                row.getLong("created_at"),
                row.getLong("expires_in"));
    }

    /** Stores a token of the client; durable when this succeeds. */
    public Future<TokenFacts> insert(NewToken token, Client client) {
        Tuple parameters = Tuple.of(token.id(), token.serviceId(), client.credentialId(), token.expiresIn());
        parameters.addValue(bytes(token.accessToken()));
        parameters.addValue(bytes(token.refreshToken()));
        parameters.addValue(token.authenticatedUserId());
        parameters.addValue(token.scope());
        parameters.addValue(token.deleteAfter());
        return database.query(INSERT, parameters)
                .map(rows -> facts(token, client, rows.iterator().next().getLong(0)));
    }

    private static @Nullable Buffer bytes(@Nullable TokenDigest digest) {
        return digest == null ? null : Buffer.buffer(digest.toBytes());
    }

    private static TokenFacts facts(NewToken token, Client client, long createdAt) {
        UUID serviceId = token.serviceId();
        return new TokenFacts(
                token.id(),
                client.credentialId(),
                client.clientId(),
                client.consumerId(),
                client.consumerUsername(),
                client.consumerCustomId(),
                serviceId,
                token.authenticatedUserId(),
                token.scope(),
                createdAt,
                token.expiresIn());
    }
}
