package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads tokens by digest and clients by id, and stores tokens, each in one statement. */
public final class TokenStore {
    private static final String FIND_CLIENT = """
            SELECT c.id, c.client_id, c.client_secret, c.client_type, c.redirect_uris,
                   u.id AS consumer_id, u.username, u.custom_id, m.token_endpoint_auth_method, m.jwks
              FROM oauth2_credentials c JOIN consumers u ON u.id = c.consumer_id
              LEFT JOIN oauth2_metadata m ON m.credential_id = c.id
             WHERE c.client_id = ANY($1)""";

    /** The Admin API stores whatever time a token was created at. A token that never began would never expire in a cache. */
    private static final String CREATED_AT = "least(t.created_at, t.delete_at - 1)";

    private static final String FIND_TOKEN = """
            SELECT %1$s AS digest, t.id, t.credential_id, c.client_id, u.id AS consumer_id, u.username, u.custom_id,
                   t.service_id, t.authenticated_userid, %2$s AS scope, %5$s AS created_at, t.resource, %3$s AS expires_in
              FROM oauth2_tokens t
              JOIN oauth2_credentials c ON c.id = t.credential_id
              JOIN consumers u ON u.id = c.consumer_id
             WHERE (t.delete_at IS NULL OR t.delete_at > extract(epoch FROM now())) AND %1$s = ANY($1)
               AND %4$s""";

    private static final String IS_OWNED = DeletedOwners.excludedFrom("t");

    private static final String BY_ACCESS_TOKEN =
            FIND_TOKEN.formatted("t.access_token_digest", "t.scope", """
            CASE WHEN t.delete_at IS NULL THEN t.expires_in
                 WHEN t.expires_in = 0 THEN t.delete_at - %1$s
                 ELSE least(t.expires_in, t.delete_at - %1$s) END""".formatted(CREATED_AT), IS_OWNED, CREATED_AT);

    /** A refresh token is valid until its row is deleted, and may have a wider scope. */
    private static final String BY_REFRESH_TOKEN = FIND_TOKEN.formatted(
            "t.refresh_token_digest",
            "coalesce(t.refresh_scope, t.scope)",
            "coalesce(t.delete_at - " + CREATED_AT + ", 0)",
            IS_OWNED,
            CREATED_AT);

    private static final String FIND_STORED = """
            SELECT id, refresh_token_digest, service_id, authenticated_userid, scope,
                   coalesce(refresh_scope, scope) AS refresh_scope, resource, family_id, expires_in,
                   coalesce(delete_at - created_at, 0) AS delete_after
              FROM oauth2_tokens WHERE access_token_digest = $1 AND %s""".formatted(DeletedOwners.excludedFrom("oauth2_tokens"));

    private static final String REPLACE_SECRET =
            "UPDATE oauth2_credentials SET client_secret = $2 WHERE id = $1 AND client_secret = $3";

    private final Database database;
    private final Batches<String, Optional<Client>> clients;
    private final Batches<CredentialDigest, Optional<TokenState>> accessTokens;
    private final Batches<TokenRows.Insert, TokenState> inserts;

    public TokenStore(Database database) {
        this.database = database;
        this.clients = database.batches(this::findClients);
        this.accessTokens = database.batches(digests -> find(BY_ACCESS_TOKEN, digests));
        this.inserts =
                database.batches(rows -> database.withConnection(connection -> TokenRows.insert(connection, rows)));
    }

    /** Reads the client with that {@code client_id}. */
    public Future<Optional<Client>> findClient(String clientId) {
        return clients.add(clientId);
    }

    private Future<List<Optional<Client>>> findClients(List<String> clientIds) {
        return database.query(FIND_CLIENT, Tuple.of(clientIds.toArray(String[]::new)))
                .map(rows -> {
                    Map<String, Client> found = new HashMap<>();
                    rows.forEach(row -> found.put(row.getString("client_id"), client(row)));
                    return clientIds.stream()
                            .map(id -> Optional.ofNullable(found.get(id)))
                            .toList();
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
                new ClientMetadata(row.getString("token_endpoint_auth_method"), row.getString("jwks")),
                row.getUUID("consumer_id"),
                row.getString("username"),
                row.getString("custom_id"));
    }

    /** Stores a stronger hash of the same secret, unless the secret has changed. */
    public Future<Void> replaceSecret(Client client, String phc) {
        return database.query(REPLACE_SECRET, Tuple.of(client.credentialId(), phc, client.clientSecret()))
                .mapEmpty();
    }

    /** Reads the token whose access token has that digest. */
    public Future<Optional<TokenState>> find(CredentialDigest digest) {
        return accessTokens.add(digest);
    }

    /** Reads the refresh token with that digest; {@code expiresIn} and {@code scope} are its own. */
    public Future<Optional<TokenState>> findByRefreshToken(CredentialDigest digest) {
        return find(BY_REFRESH_TOKEN, List.of(digest)).map(found -> found.get(0));
    }

    /** Reads a token as it was stored; empty if it has been replaced or revoked since. */
    public Future<Optional<NewToken>> findStored(CredentialDigest accessToken) {
        return database.query(FIND_STORED, Tuple.of(TokenRows.bytes(accessToken)))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows)).map(row -> stored(accessToken, row)));
    }

    private static NewToken stored(CredentialDigest accessToken, Row row) {
        Buffer refreshToken = row.getBuffer("refresh_token_digest");
        return new NewToken(
                row.getUUID("id"),
                accessToken,
                refreshToken == null ? null : CredentialDigest.ofBytes(refreshToken.getBytes()),
                new GrantedAccess(
                        row.getUUID("service_id"),
                        row.getString("authenticated_userid"),
                        row.getString("refresh_scope"),
                        row.getString("resource"),
                        row.getUUID("family_id")),
                row.getString("scope"),
                row.getLong("expires_in"),
                row.getLong("delete_after"));
    }

    private Future<List<Optional<TokenState>>> find(String statement, List<CredentialDigest> digests) {
        return database.query(statement, Tuple.of(TokenRows.bytes(digests))).map(rows -> {
            Map<CredentialDigest, TokenState> found = new HashMap<>();
            rows.forEach(row ->
                    found.put(CredentialDigest.ofBytes(row.getBuffer("digest").getBytes()), state(row)));
            return digests.stream()
                    .map(digest -> Optional.ofNullable(found.get(digest)))
                    .toList();
        });
    }

    private static TokenState state(Row row) {
        return new TokenState(
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
                row.getLong("expires_in"),
                row.getString("resource"));
    }

    /** Stores a token of the client. It is durable once this succeeds; fails with {@link StoreException.OwnerDeleted}. */
    public Future<TokenState> insert(NewToken token, Client client) {
        return inserts.add(new TokenRows.Insert(token, client)).recover(SqlFailures::onIssue);
    }
}
