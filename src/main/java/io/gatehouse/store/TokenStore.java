package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.ClientSecret;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.syntax.CertificateName;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads tokens by digest and clients by id, and stores tokens, each in one statement. */
public final class TokenStore {
    /**
     * The condition that a column has one of the values of the first parameter, an array. The second cast makes the subquery an
     * array, too.
     *
     * <p><i>Why a subquery</i>: it hides the number of values. A plan for a few values costs less than the generic plan, so
     * PostgreSQL would plan each execution, which takes longer than the execution itself.
     */
    private static final String IS_ONE_OF_TEXTS = " = ANY((SELECT $1::text[])::text[])";

    private static final String IS_ONE_OF_DIGESTS = " = ANY((SELECT $1::bytea[])::bytea[])";

    private static final String FIND_CLIENT = """
            SELECT c.id, c.client_id, c.client_secret, s.id AS second_id, s.client_secret AS second_secret,
                   c.client_type, c.redirect_uris, u.id AS consumer_id, u.username, u.custom_id,
                   m.id AS metadata_id, m.token_endpoint_auth_method, m.jwks, m.dpop_bound_access_tokens, m.tls_client_auth_subject_dn,
                   m.tls_client_auth_san_dns, m.tls_client_auth_san_uri, m.tls_client_auth_san_ip,
                   m.tls_client_auth_san_email, m.tls_client_certificate_bound_access_tokens, m.grant_types,
                   r.plugin_id
              FROM oauth2_credentials c JOIN consumers u ON u.id = c.consumer_id
              LEFT JOIN oauth2_metadata m ON m.credential_id = c.id
              LEFT JOIN oauth2_secrets s ON s.credential_id = c.id
              LEFT JOIN oauth2_registrations r ON r.credential_id = c.id
             WHERE c.client_id""" + IS_ONE_OF_TEXTS;

    /** The Admin API stores whatever time a token was created at. A token that never began would never expire in a cache. */
    static final String CREATED_AT = "least(t.created_at, t.delete_at - 1)";

    /** Seconds until an access token expires or its row is deleted, whichever is first; 0: neither. */
    static final String LIFE = """
            CASE WHEN t.delete_at IS NULL THEN t.expires_in
                 WHEN t.expires_in = 0 THEN t.delete_at - %1$s
                 ELSE least(t.expires_in, t.delete_at - %1$s) END""".formatted(CREATED_AT);

    private static final String FIND_TOKEN = """
            SELECT %1$s AS digest, t.id, t.credential_id, c.client_id, u.id AS consumer_id, u.username, u.custom_id,
                   t.service_id, t.authenticated_userid, %2$s AS scope, %5$s AS created_at, t.resource,
                   t.jkt, t.x5t_s256, %3$s AS expires_in
              FROM oauth2_tokens t
              JOIN oauth2_credentials c ON c.id = t.credential_id
              JOIN consumers u ON u.id = c.consumer_id
             WHERE (t.delete_at IS NULL OR t.delete_at > extract(epoch FROM now())) AND %1$s%6$s
               AND %4$s""";

    /** The condition that no owner of a token is deleted, and that no grant that it comes from has ended. */
    static final String IS_OWNED = DeletedOwners.excludedFrom("t") + " AND " + ExchangedTokens.withSubjects("t");

    private static final String BY_ACCESS_TOKEN =
            FIND_TOKEN.formatted("t.access_token_digest", "t.scope", LIFE, IS_OWNED, CREATED_AT, IS_ONE_OF_DIGESTS);

    /** A refresh token is valid until its row is deleted, and may have a wider scope. That of an exchanged token is not valid. */
    private static final String BY_REFRESH_TOKEN = FIND_TOKEN.formatted(
            "t.refresh_token_digest",
            "coalesce(t.refresh_scope, t.scope)",
            "coalesce(t.delete_at - " + CREATED_AT + ", 0)",
            DeletedOwners.excludedFrom("t") + " AND t.subject_families IS NULL",
            CREATED_AT,
            IS_ONE_OF_DIGESTS);

    private static final String FIND_STORED = """
            SELECT id, access_token_digest, refresh_token_digest, service_id, authenticated_userid,
                   scope AS access_scope, coalesce(refresh_scope, scope) AS scope, resource, family_id, jkt, x5t_s256,
                   expires_in, coalesce(delete_at - created_at, 0) AS delete_after
              FROM oauth2_tokens WHERE %s = $1 AND %s""";

    private static final String STORED_BY_ACCESS_TOKEN =
            FIND_STORED.formatted("access_token_digest", DeletedOwners.excludedFrom("oauth2_tokens"));

    private static final String STORED_BY_REFRESH_TOKEN =
            FIND_STORED.formatted("refresh_token_digest", DeletedOwners.excludedFrom("oauth2_tokens"));

    private static final String REPLACE_ACCESS_TOKEN =
            "UPDATE oauth2_tokens SET access_token_digest = $3 WHERE id = $1 AND access_token_digest = $2 AND "
                    + DeletedOwners.excludedFrom("oauth2_tokens");

    /** Of the table that has the secret. */
    private static final String REPLACE_SECRET = """
            WITH own AS (UPDATE oauth2_credentials SET client_secret = $2 WHERE id = $1 AND client_secret = $3)
            UPDATE oauth2_secrets SET client_secret = $2 WHERE id = $1 AND client_secret = $3""";

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
        return database.query(
                        FIND_CLIENT, Tuple.of(clientIds.stream().distinct().toArray(String[]::new)))
                .map(rows -> {
                    Map<String, Client> found = new HashMap<>();
                    rows.forEach(row -> found.put(row.getString("client_id"), client(row)));
                    return clientIds.stream()
                            .map(id -> Optional.ofNullable(found.get(id)))
                            .toList();
                });
    }

    private static Client client(Row row) {
        List<String> redirectUris = strings(row, "redirect_uris");
        return new Client(
                row.getUUID("id"),
                row.getString("client_id"),
                secrets(row),
                row.getString("client_type").equals("confidential"),
                redirectUris == null ? List.of() : redirectUris,
                metadata(row),
                row.getUUID("consumer_id"),
                row.getString("username"),
                row.getString("custom_id"));
    }

    private static List<ClientSecret> secrets(Row row) {
        List<ClientSecret> secrets = new ArrayList<>(2);
        if (row.getString("client_secret") != null) {
            secrets.add(new ClientSecret(row.getUUID("id"), row.getString("client_secret")));
        }
        if (row.getUUID("second_id") != null) {
            secrets.add(new ClientSecret(row.getUUID("second_id"), row.getString("second_secret")));
        }
        return List.copyOf(secrets);
    }

    private static @Nullable List<String> strings(Row row, String column) {
        JsonArray array = row.getJsonArray(column);
        return array == null ? null : array.stream().map(String.class::cast).toList();
    }

    private static ClientMetadata metadata(Row row) {
        return new ClientMetadata(
                row.getString("token_endpoint_auth_method"),
                row.getString("jwks"),
                Boolean.TRUE.equals(row.getBoolean("dpop_bound_access_tokens")),
                Arrays.stream(CertificateName.Kind.values())
                        .filter(kind -> row.getString(kind.field()) != null)
                        .map(kind -> new CertificateName(kind, row.getString(kind.field())))
                        .findFirst()
                        .orElse(null),
                Boolean.TRUE.equals(row.getBoolean("tls_client_certificate_bound_access_tokens")),
                grantTypes(row),
                row.getUUID("plugin_id"));
    }

    /** A client that has registered itself has no grant beside those of its metadata, which an operator may have deleted. */
    private static @Nullable List<String> grantTypes(Row row) {
        boolean isIncomplete = row.getUUID("plugin_id") != null && row.getUUID("metadata_id") == null;
        return isIncomplete ? List.of() : strings(row, "grant_types");
    }

    /** Stores a stronger hash of the same secret, unless the secret has changed. */
    public Future<Void> replaceSecret(ClientSecret secret, String phc) {
        return database.query(REPLACE_SECRET, Tuple.of(secret.id(), phc, secret.value()))
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
        return findStored(STORED_BY_ACCESS_TOKEN, accessToken);
    }

    /** Reads a token as it was stored, by its refresh token; empty likewise. */
    public Future<Optional<NewToken>> findStoredByRefreshToken(CredentialDigest refreshToken) {
        return findStored(STORED_BY_REFRESH_TOKEN, refreshToken);
    }

    private Future<Optional<NewToken>> findStored(String statement, CredentialDigest digest) {
        return database.query(statement, Tuple.of(TokenRows.bytes(digest)))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows)).map(TokenStore::stored));
    }

    /**
     * Replaces the access token of a row of the client that has a refresh token. Returns false if it has been replaced or revoked since it
     * was read.
     *
     * <p><i>Why the locks</i>: an Admin write of the client, its Consumer or the Service would invalidate the digest from before, and the
     * new access token could stay cached.
     */
    public Future<Boolean> replaceAccessToken(NewToken stored, Client client, CredentialDigest accessToken) {
        CredentialDigest refreshToken = Objects.requireNonNull(stored.refreshToken());
        return database.withTransaction(connection -> ClientIdentities.lock(connection, client.credentialId())
                .compose(locked -> ClientIdentities.lockService(connection, refreshToken))
                .compose(locked -> connection
                        .preparedQuery(REPLACE_ACCESS_TOKEN)
                        .execute(TokenRows.tuple(
                                stored.id(), TokenRows.bytes(stored.accessToken()), TokenRows.bytes(accessToken))))
                .compose(replaced -> replaced.rowCount() == 0
                        ? Future.succeededFuture(false)
                        : InvalidationLog.add(connection, List.of(stored.accessToken()))
                                .map(true)));
    }

    private static NewToken stored(Row row) {
        Buffer refreshToken = row.getBuffer("refresh_token_digest");
        return new NewToken(
                row.getUUID("id"),
                CredentialDigest.ofBytes(row.getBuffer("access_token_digest").getBytes()),
                refreshToken == null ? null : CredentialDigest.ofBytes(refreshToken.getBytes()),
                TokenRows.access(row),
                row.getString("access_scope"),
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
                row.getString("resource"),
                TokenRows.confirmation(row));
    }

    /** Stores a token of the client. It is durable once this succeeds; fails with {@link StoreException.OwnerDeleted}. */
    public Future<TokenState> insert(NewToken token, Client client) {
        return inserts.add(new TokenRows.Insert(token, client)).recover(SqlFailures::onIssue);
    }
}
