package io.gatehouse.store;

import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Writes rows of {@code oauth2_tokens} on the caller's connection, which may be in a transaction. */
final class TokenRows {
    // PostgreSQL's clock stamps the token, so that issuers with different clocks agree on its age. A client without an
    // identity is
    // deleted, or moves to another Consumer now: its token has no credential, which the column does not accept.
    private static final String INSERT = """
            WITH clock AS (SELECT floor(extract(epoch FROM now()))::bigint AS seconds),
                 %s,
                 stored AS (
            INSERT INTO oauth2_tokens (id, created_at, service_id, credential_id, token_type, expires_in,
                   access_token_digest, refresh_token_digest, authenticated_userid, scope, family_id, delete_at,
                   resource, refresh_scope, jkt, x5t_s256)
            SELECT token.id, clock.seconds, service_id, identity.id, 'bearer', expires_in, access_token, refresh_token,
                   authenticated_userid, scope, family_id, CASE WHEN life > 0 THEN clock.seconds + life END,
                   resource, refresh_scope, jkt, x5t_s256
              FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[],
                          $8::text[], $9::uuid[], $10::bigint[], $11::text[], $12::text[], $13::text[],
                          $14::text[])
                   AS token (id, service_id, credential_id, expires_in, access_token, refresh_token,
                             authenticated_userid, scope, family_id, life, resource, refresh_scope, jkt,
                             x5t_s256)
                   LEFT JOIN identity ON identity.id = token.credential_id
                   CROSS JOIN clock)
            SELECT identity.*, seconds AS created_at FROM identity CROSS JOIN clock""".formatted(ClientIdentities.locked("$3::uuid[]"));

    private static final String RENEW = """
            WITH %s
            UPDATE oauth2_tokens
               SET access_token_digest = $2, expires_in = $3, created_at = clock.seconds,
                   delete_at = CASE WHEN $4::bigint > 0 THEN clock.seconds + $4::bigint END,
                   scope = $5, refresh_scope = $6, resource = $7, jkt = $9, x5t_s256 = $10
              FROM (SELECT floor(extract(epoch FROM now()))::bigint AS seconds) clock, identity
             WHERE oauth2_tokens.id = $1
            RETURNING identity.*, created_at""".formatted(ClientIdentities.locked("ARRAY[$8::uuid]"));

    private TokenRows() {}

    /** A token to store, and its client. */
    record Insert(NewToken token, Client client) {}

    static Future<TokenState> insert(SqlConnection connection, NewToken token, Client client) {
        return insert(connection, List.of(new Insert(token, client))).map(state -> state.get(0));
    }

    /** Stores all or none. Returns the state of each token in its place. */
    static Future<List<TokenState>> insert(SqlConnection connection, List<Insert> inserts) {
        return connection
                .preparedQuery(INSERT)
                .execute(Tuple.of(
                                column(
                                        inserts,
                                        UUID[]::new,
                                        insert -> insert.token().id()),
                                column(
                                        inserts,
                                        UUID[]::new,
                                        insert -> insert.token().access().serviceId()),
                                column(
                                        inserts,
                                        UUID[]::new,
                                        insert -> insert.client().credentialId()),
                                column(
                                        inserts,
                                        Long[]::new,
                                        insert -> insert.token().expiresIn()),
                                column(
                                        inserts,
                                        Buffer[]::new,
                                        insert -> bytes(insert.token().accessToken())),
                                column(
                                        inserts,
                                        Buffer[]::new,
                                        insert -> bytes(insert.token().refreshToken())))
                        .addValue(column(
                                inserts,
                                String[]::new,
                                insert -> insert.token().access().authenticatedUserId()))
                        .addValue(column(
                                inserts, String[]::new, insert -> insert.token().scope()))
                        .addValue(column(
                                inserts,
                                UUID[]::new,
                                insert -> insert.token().access().familyId()))
                        .addValue(column(
                                inserts, Long[]::new, insert -> insert.token().deleteAfter()))
                        .addValue(column(
                                inserts,
                                String[]::new,
                                insert -> insert.token().access().resource()))
                        .addValue(column(
                                inserts, String[]::new, insert -> insert.token().refreshScope()))
                        .addValue(column(
                                inserts,
                                String[]::new,
                                insert -> thumbprint(insert.token().access())))
                        .addValue(column(
                                inserts,
                                String[]::new,
                                insert -> certificate(insert.token().access()))))
                .map(rows -> {
                    Map<UUID, Owner> owners = new HashMap<>();
                    rows.forEach(row -> owners.put(row.getUUID("id"), Owner.of(row)));
                    return inserts.stream()
                            .map(insert -> state(
                                    insert.token(),
                                    Objects.requireNonNull(
                                            owners.get(insert.client().credentialId()))))
                            .toList();
                });
    }

    private static <T> Object column(
            List<Insert> inserts, IntFunction<T[]> array, Function<Insert, @Nullable T> value) {
        T[] column = array.apply(inserts.size());
        for (int i = 0; i < column.length; i++) {
            column[i] = value.apply(inserts.get(i));
        }
        return column;
    }

    /** Replaces the access token of a row, which keeps its refresh token. */
    static Future<TokenState> renew(SqlConnection connection, NewToken token, Client client) {
        return connection
                .preparedQuery(RENEW)
                .execute(tuple(
                        token.id(),
                        bytes(token.accessToken()),
                        token.expiresIn(),
                        token.deleteAfter(),
                        token.scope(),
                        token.refreshScope(),
                        token.access().resource(),
                        client.credentialId(),
                        thumbprint(token.access()),
                        certificate(token.access())))
                .map(rows -> state(token, Owner.of(rows.iterator().next())));
    }

    static Tuple tuple(@Nullable Object... values) {
        return Tuple.tuple(new ArrayList<>(Arrays.asList(values)));
    }

    static @Nullable Buffer bytes(@Nullable CredentialDigest digest) {
        return digest == null ? null : Buffer.buffer(digest.toBytes());
    }

    static Buffer[] bytes(List<CredentialDigest> digests) {
        return digests.stream().map(TokenRows::bytes).toArray(Buffer[]::new);
    }

    /** The identity that a client has when its token is stored, by PostgreSQL's clock. The tokens of a batch share it. */
    private record Owner(
            UUID credentialId,
            String clientId,
            UUID consumerId,
            @Nullable String username,
            @Nullable String customId,
            long now) {
        static Owner of(Row row) {
            return new Owner(
                    row.getUUID("id"),
                    row.getString("client_id"),
                    row.getUUID("consumer_id"),
                    row.getString("username"),
                    row.getString("custom_id"),
                    row.getLong("created_at"));
        }
    }

    /** The state of a stored token, with the identity that its client has now: it may have changed since the client was read. */
    private static TokenState state(NewToken token, Owner owner) {
        return new TokenState(
                token.id(),
                owner.credentialId(),
                owner.clientId(),
                owner.consumerId(),
                owner.username(),
                owner.customId(),
                token.access().serviceId(),
                token.access().authenticatedUserId(),
                token.scope(),
                owner.now(),
                token.effectiveLife(),
                token.access().resource(),
                token.access().confirmation());
    }

    /** The column {@code jkt} of a token or code with that access. */
    static @Nullable String thumbprint(GrantedAccess access) {
        Confirmation confirmation = access.confirmation();
        return confirmation == null ? null : confirmation.keyThumbprint();
    }

    /** The column {@code x5t_s256} of a token, likewise. */
    private static @Nullable String certificate(GrantedAccess access) {
        Confirmation confirmation = access.confirmation();
        return confirmation == null ? null : confirmation.certificateThumbprint();
    }

    /** The keys of a row with both columns. */
    static @Nullable Confirmation confirmation(Row row) {
        return Confirmation.of(row.getString("jkt"), row.getString("x5t_s256"));
    }

    /** The access of a code or refresh token, of a row with its columns. */
    static GrantedAccess access(Row row) {
        return new GrantedAccess(
                row.getUUID("service_id"),
                row.getString("authenticated_userid"),
                row.getString("scope"),
                row.getString("resource"),
                row.getUUID("family_id"),
                confirmation(row));
    }
}
