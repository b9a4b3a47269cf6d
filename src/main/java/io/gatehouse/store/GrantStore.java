package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.StoredToken;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Stores authorization codes, redeems them, and rotates refresh tokens.
 *
 * <p><i>Invariant</i>: each redemption is one transaction under a row lock. Of two concurrent ones, on any nodes, exactly one
 * succeeds. A transaction takes the lock of a grant ({@link GrantLocks}), then those of the client ({@link ClientIdentities}),
 * then that of the Service, then that of a code or token.
 */
public final class GrantStore {
    /** A consumed code is kept for a day, so that a replay within that time is detected. */
    private static final long CONSUMED_SECONDS = 86_400;

    private static final String INSERT_CODE = """
            INSERT INTO oauth2_authorization_codes (id, created_at, service_id, credential_id, plugin_id, code_digest,
                   authenticated_userid, scope, challenge, challenge_method, family_id, delete_at,
                   redirect_uri, redirect_uri_requested, scope_differs, resource, jkt)
            SELECT $1, clock.seconds, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock.seconds + $11::bigint, $12, $13, $14, $15, $16
              FROM (SELECT floor(extract(epoch FROM now()))::bigint AS seconds) clock""";

    private static final String LOCK_CODE = """
            SELECT service_id, credential_id, plugin_id, authenticated_userid, scope, challenge, family_id,
                   redirect_uri, redirect_uri_requested, scope_differs, resource, jkt,
                   NULL::text AS x5t_s256, consumed_at IS NOT NULL AS consumed, attempt_digest IS NOT DISTINCT FROM $3::bytea AS same_attempt,
                   extract(epoch FROM now()) > created_at + $2::bigint AS expired, %s
              FROM oauth2_authorization_codes WHERE code_digest = $1 FOR UPDATE""".formatted(GrantLocks.LIMIT_IDLE_TIME);

    private static final String CONSUME_CODE = """
            UPDATE oauth2_authorization_codes
               SET consumed_at = floor(extract(epoch FROM now()))::bigint, delete_at = floor(extract(epoch FROM now()))::bigint + $2,
                   attempt_digest = $3
             WHERE code_digest = $1""";

    /** Not that of an exchanged token, which only the Admin API can have given: its successor would come from no other grant. */
    private static final String LOCK_TOKEN =
            """
            SELECT id, credential_id, service_id, access_token_digest, authenticated_userid,
                   coalesce(refresh_scope, scope) AS scope, resource, family_id, jkt, x5t_s256, %s
              FROM oauth2_tokens
             WHERE (delete_at IS NULL OR delete_at > extract(epoch FROM now())) AND refresh_token_digest = $1
               AND subject_families IS NULL AND %s
               FOR UPDATE""".formatted(GrantLocks.LIMIT_IDLE_TIME, DeletedOwners.excludedFrom("oauth2_tokens"));

    private static final String FIND_ROTATED = """
            SELECT credential_id, family_id, attempt_digest IS NOT DISTINCT FROM $2::bytea AS same_attempt,
                   floor(extract(epoch FROM now()))::bigint - rotated_at AS age
              FROM oauth2_rotated_tokens WHERE refresh_token_digest = $1""";

    /** The Admin API may have stored a token again that was rotated at a client that is deleted. */
    private static final String INSERT_ROTATED = """
            INSERT INTO oauth2_rotated_tokens (refresh_token_digest, credential_id, family_id, attempt_digest, rotated_at, delete_at)
            SELECT $1, $2, $3, $4, clock.seconds, clock.seconds + $5::bigint
              FROM (SELECT floor(extract(epoch FROM now()))::bigint AS seconds) clock
            ON CONFLICT (refresh_token_digest) DO UPDATE
               SET credential_id = excluded.credential_id, family_id = excluded.family_id,
                   attempt_digest = excluded.attempt_digest, rotated_at = excluded.rotated_at, delete_at = excluded.delete_at""";

    private static final String DELETE_TOKEN = "DELETE FROM oauth2_tokens WHERE id = $1";
    private final Database database;

    public GrantStore(Database database) {
        this.database = database;
    }

    /** The result of presenting a code or a refresh token. */
    public sealed interface Redemption {
        /**
         * It was valid.
         *
         * @param state of the new token
         * @param replaced the access token that the new one replaces
         */
        record Redeemed(TokenState state, Optional<CredentialDigest> replaced) implements Redemption {}

        /** It does not exist or has expired. */
        record Unknown() implements Redemption {}

        /**
         * It was redeemed before.
         *
         * @param familyId of the tokens that it gave
         * @param age seconds since that redemption
         * @param isSameAttempt whether this attempt is the one that redeemed it
         * @param isScopeDifferent whether the authorization request of a code asked for another scope
         */
        record Replayed(UUID credentialId, UUID familyId, long age, boolean isSameAttempt, boolean isScopeDifferent)
                implements Redemption {}
    }

    /** Stores a new code under its digest. */
    public Future<Void> insertCode(CredentialDigest digest, AuthorizationCode code) {
        return database.query(
                        INSERT_CODE,
                        TokenRows.tuple(
                                UUID.randomUUID(),
                                code.access().serviceId(),
                                code.credentialId(),
                                code.pluginId(),
                                TokenRows.bytes(digest),
                                code.access().authenticatedUserId(),
                                code.access().scope(),
                                code.challenge(),
                                code.challenge() == null ? null : "S256",
                                code.access().familyId(),
                                (long) AuthorizationCode.LIFE_SECONDS,
                                code.redirectUri(),
                                code.isRedirectUriRequested(),
                                code.isScopeDifferent(),
                                code.access().resource(),
                                TokenRows.thumbprint(code.access())))
                .recover(SqlFailures::onIssue)
                .mapEmpty();
    }

    /**
     * Exchanges a code for a token of the client.
     *
     * @param attempt identifies a repeated attempt
     * @param check returns the token to store, or fails, which leaves the code unused
     */
    public Future<Redemption> redeem(
            CredentialDigest digest,
            CredentialDigest attempt,
            Client client,
            Function<AuthorizationCode, Future<NewToken>> check) {
        return database.withTransaction(connection -> ClientIdentities.lock(connection, client.credentialId())
                .compose(locked -> connection
                        .preparedQuery(LOCK_CODE)
                        .execute(TokenRows.tuple(
                                TokenRows.bytes(digest),
                                (long) AuthorizationCode.LIFE_SECONDS,
                                TokenRows.bytes(attempt))))
                .compose(rows -> {
                    Row row = first(rows);
                    if (row == null) {
                        return Future.succeededFuture(new Redemption.Unknown());
                    }
                    AuthorizationCode code = code(row);
                    if (row.getBoolean("consumed")) {
                        return Future.succeededFuture(new Redemption.Replayed(
                                code.credentialId(),
                                row.getUUID("family_id"),
                                0,
                                row.getBoolean("same_attempt"),
                                code.isScopeDifferent()));
                    }
                    if (row.getBoolean("expired")) {
                        return Future.succeededFuture(new Redemption.Unknown());
                    }
                    return check.apply(code)
                            .compose(token -> connection
                                    .preparedQuery(CONSUME_CODE)
                                    .execute(TokenRows.tuple(
                                            TokenRows.bytes(digest), CONSUMED_SECONDS, TokenRows.bytes(attempt)))
                                    .compose(consumed -> TokenRows.insert(connection, token, client))
                                    .map(state -> new Redemption.Redeemed(state, Optional.empty())));
                }));
    }

    private static AuthorizationCode code(Row row) {
        return new AuthorizationCode(
                row.getUUID("credential_id"),
                row.getUUID("plugin_id"),
                TokenRows.access(row),
                row.getString("challenge"),
                row.getString("redirect_uri"),
                Boolean.TRUE.equals(row.getBoolean("redirect_uri_requested")),
                Boolean.TRUE.equals(row.getBoolean("scope_differs")));
    }

    /**
     * Exchanges a refresh token for a token of the client.
     *
     * @param attempt identifies a repeated attempt
     * @param keepSeconds how long a replay of the exchanged refresh token is detected
     * @param check returns the token to store, or fails, which changes nothing. A token without a refresh token of its own
     *     replaces the access token of the old row, which keeps its refresh token
     */
    public Future<Redemption> refresh(
            CredentialDigest digest,
            CredentialDigest attempt,
            Client client,
            long keepSeconds,
            Function<StoredToken, Future<NewToken>> check) {
        return database.withTransaction(connection -> connection
                .preparedQuery(GrantLocks.OF_REFRESH_TOKEN)
                .execute(TokenRows.tuple(TokenRows.bytes(digest)))
                .compose(locked -> ClientIdentities.lock(connection, client.credentialId()))
                .compose(locked -> ClientIdentities.lockService(connection, digest))
                .compose(locked ->
                        connection.preparedQuery(LOCK_TOKEN).execute(TokenRows.tuple(TokenRows.bytes(digest))))
                .compose(rows -> {
                    Row row = first(rows);
                    if (row == null) {
                        return findRotated(connection, digest, attempt);
                    }
                    StoredToken old = stored(row);
                    return check.apply(old)
                            .compose(token -> replace(connection, digest, attempt, client, keepSeconds, old, token));
                }));
    }

    private static StoredToken stored(Row row) {
        return new StoredToken(
                row.getUUID("id"),
                row.getUUID("credential_id"),
                CredentialDigest.ofBytes(row.getBuffer("access_token_digest").getBytes()),
                TokenRows.access(row));
    }

    private static Future<Redemption> findRotated(
            SqlConnection connection, CredentialDigest digest, CredentialDigest attempt) {
        return connection
                .preparedQuery(FIND_ROTATED)
                .execute(TokenRows.tuple(TokenRows.bytes(digest), TokenRows.bytes(attempt)))
                .map(rows -> {
                    Row row = first(rows);
                    return row == null
                            ? new Redemption.Unknown()
                            : new Redemption.Replayed(
                                    row.getUUID("credential_id"),
                                    row.getUUID("family_id"),
                                    row.getLong("age"),
                                    row.getBoolean("same_attempt"),
                                    false);
                });
    }

    private static Future<Redemption> replace(
            SqlConnection connection,
            CredentialDigest digest,
            CredentialDigest attempt,
            Client client,
            long keepSeconds,
            StoredToken old,
            NewToken token) {
        Future<TokenState> stored = token.id().equals(old.id())
                ? TokenRows.renew(connection, token, client)
                : GrantLocks.lock(
                                connection,
                                Objects.requireNonNull(token.access().familyId()))
                        .compose(
                                locked -> connection.preparedQuery(DELETE_TOKEN).execute(Tuple.of(old.id())))
                        .compose(deleted -> connection
                                .preparedQuery(INSERT_ROTATED)
                                .execute(TokenRows.tuple(
                                        TokenRows.bytes(digest),
                                        client.credentialId(),
                                        token.access().familyId(),
                                        TokenRows.bytes(attempt),
                                        keepSeconds)))
                        .compose(rotated -> TokenRows.insert(connection, token, client));
        // A repeated attempt stores the same access token, which must stay cached.
        Optional<CredentialDigest> replaced =
                Optional.of(old.accessToken()).filter(digestBefore -> !digestBefore.equals(token.accessToken()));
        return stored.compose(
                state -> InvalidationLog.add(connection, replaced.map(List::of).orElse(List.of()))
                        .map(added -> new Redemption.Redeemed(state, replaced)));
    }

    /** Deletes every token of a family. Returns the access tokens to invalidate. */
    public Future<List<CredentialDigest>> revokeFamily(UUID familyId) {
        return database.withTransaction(connection -> GrantRevocation.revokeFamily(connection, familyId));
    }

    /**
     * Deletes the client's grant that this access or refresh token is of, or was before it was rotated (RFC 7009 §2.1);
     * returns the digests of the access tokens to invalidate.
     */
    public Future<List<CredentialDigest>> revoke(CredentialDigest digest, UUID credentialId) {
        return database.withTransaction(connection -> GrantRevocation.revoke(connection, digest, credentialId));
    }

    static @Nullable Row first(RowSet<Row> rows) {
        return rows.size() == 0 ? null : rows.iterator().next();
    }
}
