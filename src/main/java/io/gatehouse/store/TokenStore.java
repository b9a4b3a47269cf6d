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

/** Tokens and clients as the issuer needs them: found by digest and by client id, written in one statement. */
public final class TokenStore {
    private static final String FIND_CLIENT = """
            SELECT c.id, c.client_id, c.client_secret, c.client_type, c.redirect_uris,
                   u.id AS consumer_id, u.username, u.custom_id
              FROM oauth2_credentials c JOIN consumers u ON u.id = c.consumer_id
             WHERE c.client_id = $1""";

    private static final String FIND_TOKEN = """
            SELECT t.id, t.credential_id, c.client_id, u.id AS consumer_id, u.username, u.custom_id,
                   t.service_id, t.authenticated_userid, t.scope, t.created_at,
                   CASE WHEN t.delete_at IS NULL THEN t.expires_in
                        WHEN t.expires_in = 0 THEN t.delete_at - t.created_at
                        ELSE least(t.expires_in, t.delete_at - t.created_at) END AS expires_in
              FROM oauth2_tokens t
              JOIN oauth2_credentials c ON c.id = t.credential_id
              JOIN consumers u ON u.id = c.consumer_id
             WHERE (t.delete_at IS NULL OR t.delete_at > extract(epoch FROM now())) AND\s""";

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
        return find("t.access_token_digest = $1", digest);
    }

    /** What is known of the token whose refresh token has that digest. */
    public Future<Optional<TokenFacts>> findByRefreshToken(TokenDigest digest) {
        return find("t.refresh_token_digest = $1", digest);
    }

    private Future<Optional<TokenFacts>> find(String condition, TokenDigest digest) {
        return database.query(FIND_TOKEN + condition, Tuple.of(Buffer.buffer(digest.toBytes())))
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
        return database.withConnection(connection -> TokenRows.insert(connection, token, client));
    }
}
