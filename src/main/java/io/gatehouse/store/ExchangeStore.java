package io.gatehouse.store;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ExchangedToken;
import io.gatehouse.oauth.InputToken;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges tokens (RFC 8693), each in one transaction.
 *
 * <p><i>Invariant</i>: the transaction has the locks of every grant that the subject's token comes from ({@link GrantLocks}) and of
 * their clients ({@link ClientIdentities}), then that of the Service, then those of the tokens of the grants, then that of the subject's
 * token. So what ends one of the grants finds the new token and invalidates its cached state, or it ends the grant before and the
 * exchange fails. {@link BulkRevocation} takes the locks of tokens alone.
 */
public final class ExchangeStore {
    /** Unexpired tokens that come from one grant: the end of the grant invalidates them one by one. */
    static final int QUOTA = 1_000;

    private static final String FIND_ORIGIN = """
            SELECT array_append(coalesce(subject_families, '{}'), coalesce(family_id, id)) AS families,
                   array_append(coalesce(subject_credentials, '{}'), credential_id) AS credentials, %s
              FROM oauth2_tokens WHERE access_token_digest = $1""".formatted(GrantLocks.LIMIT_IDLE_TIME);

    private static final String LOCK_SERVICE =
            "SELECT id FROM services WHERE id = (SELECT service_id FROM oauth2_tokens WHERE access_token_digest = $1)"
                    + " FOR KEY SHARE";

    /** Excludes the deletion of a token, and no other write of it. */
    private static final String LOCK_ORIGINS =
            "SELECT id FROM oauth2_tokens WHERE family_id = ANY($1) ORDER BY id FOR KEY SHARE";

    private static final String FIND_INPUT = """
            SELECT t.credential_id, c.client_id, t.service_id, t.authenticated_userid, t.scope, t.resource, t.family_id,
                   t.jkt, t.x5t_s256, t.actor, coalesce(cardinality(t.subject_families), 0) AS exchanges,
                   %s AS created_at, %s AS life, floor(extract(epoch FROM now()))::bigint AS now
              FROM oauth2_tokens t JOIN oauth2_credentials c ON c.id = t.credential_id
             WHERE t.access_token_digest = $1 AND %s""".formatted(TokenStore.CREATED_AT, TokenStore.LIFE, TokenStore.IS_OWNED);

    private static final String LOCK_INPUT = FIND_INPUT + " FOR UPDATE OF t";

    private static final String IS_FULL = """
            SELECT count(*) >= $2 AS is_full
              FROM (SELECT FROM oauth2_exchanges e JOIN oauth2_tokens t ON t.id = e.token_id
                     WHERE e.family_id = $1 AND t.delete_at > extract(epoch FROM now()) LIMIT $2) live""";

    /**
     * Gives an imported token the name that its lock already has (GrantLocks), so that the row can be found by it. An earlier row of the
     * same id may have had the name. The tokens that come from that one have ended, and the name would make them valid again.
     */
    private static final String NAME_GRANT = """
            WITH named AS (
            UPDATE oauth2_tokens SET family_id = id WHERE access_token_digest = $1 AND family_id IS NULL RETURNING id)
            DELETE FROM oauth2_tokens t
             WHERE t.id = ANY(ARRAY(SELECT e.token_id FROM oauth2_exchanges e JOIN named ON named.id = e.family_id))
               AND NOT %s""".formatted(ExchangedTokens.withSubjects("t"));

    private static final String BIND = """
            WITH bound AS (
            UPDATE oauth2_tokens SET subject_families = $2::uuid[], subject_credentials = $3::uuid[], actor = $4
             WHERE id = $1::uuid)
            INSERT INTO oauth2_exchanges (token_id, family_id, credential_id)
            SELECT $1::uuid, subject.family, subject.credential
              FROM unnest($2::uuid[], $3::uuid[]) AS subject (family, credential)""";

    private static final String FIND_ACTOR =
            "SELECT actor FROM oauth2_tokens WHERE access_token_digest = $1 AND actor IS NOT NULL";

    private final Database database;

    public ExchangeStore(Database database) {
        this.database = database;
    }

    /** The result of an exchange. */
    public sealed interface Exchange {
        /** {@code state} is that of the new token. */
        record Exchanged(TokenState state) implements Exchange {}

        /** The subject's token does not exist, has expired, or its grant has ended. */
        record Unknown() implements Exchange {}

        /** Too many tokens that come from the grant have not expired. */
        record QuotaExceeded() implements Exchange {}
    }

    /** The grants that an exchange of a token takes a token from, the first one first, and the client of each. */
    private record Origin(List<UUID> families, List<UUID> credentials) {}

    /** What a client presents; {@code actor} is null if it acts as the subject. */
    public record Request(
            CredentialDigest subject, @Nullable CredentialDigest actor, Client client) {}

    /**
     * Exchanges the token of a subject for a token of the client. Fails with {@link StoreException.OwnerDeleted} if the client has been
     * deleted.
     *
     * @param check returns the token to store, or fails, which changes nothing. Its second parameter is empty if there is no actor,
     *     or the actor's token is invalid
     */
    public Future<Exchange> exchange(
            Request request, BiFunction<InputToken, Optional<InputToken>, Future<ExchangedToken>> check) {
        return database.<Exchange>withTransaction(connection -> findOrigin(connection, request.subject())
                        .compose(origin -> origin.isEmpty()
                                ? Future.<Exchange>succeededFuture(new Exchange.Unknown())
                                : lock(connection, origin.get(), request)
                                        .compose(locked -> exchangeLocked(connection, origin.get(), request, check))))
                .recover(SqlFailures::onIssue);
    }

    private static Future<Optional<Origin>> findOrigin(SqlConnection connection, CredentialDigest subject) {
        return connection
                .preparedQuery(FIND_ORIGIN)
                .execute(TokenRows.tuple(TokenRows.bytes(subject)))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows))
                        .map(row -> new Origin(
                                List.of(row.getArrayOfUUIDs("families")),
                                List.of(row.getArrayOfUUIDs("credentials")))));
    }

    private static Future<?> lock(SqlConnection connection, Origin origin, Request request) {
        Future<?> locked = Future.succeededFuture();
        for (UUID family : origin.families()) {
            locked = locked.compose(before -> GrantLocks.lock(connection, family));
        }
        List<UUID> clients = new ArrayList<>(origin.credentials());
        clients.add(request.client().credentialId());
        return locked.compose(before -> ClientIdentities.lock(connection, clients.toArray(UUID[]::new)))
                .compose(before -> connection
                        .preparedQuery(LOCK_SERVICE)
                        .execute(TokenRows.tuple(TokenRows.bytes(request.subject()))))
                .compose(before -> lockOrigins(connection, origin));
    }

    /** Locks the tokens of the grants before the subject's own, whose token is locked when it is read. */
    private static Future<Void> lockOrigins(SqlConnection connection, Origin origin) {
        List<UUID> before = origin.families().subList(0, origin.families().size() - 1);
        return before.isEmpty()
                ? Future.succeededFuture()
                : connection
                        .preparedQuery(LOCK_ORIGINS)
                        .execute(Tuple.of((Object) before.toArray(UUID[]::new)))
                        .mapEmpty();
    }

    private static Future<Exchange> exchangeLocked(
            SqlConnection connection,
            Origin origin,
            Request request,
            BiFunction<InputToken, Optional<InputToken>, Future<ExchangedToken>> check) {
        return find(connection, LOCK_INPUT, request.subject()).compose(subject -> {
            // The Admin API may have given the token to another client before the locks were taken.
            if (subject.isEmpty()
                    || !origin.credentials().contains(subject.get().credentialId())) {
                return Future.<Exchange>succeededFuture(new Exchange.Unknown());
            }
            return find(connection, FIND_INPUT, request.actor())
                    .compose(actor -> check.apply(subject.get(), actor))
                    .compose(token -> storeUnlessFull(connection, origin, request, token));
        });
    }

    private static Future<Optional<InputToken>> find(
            SqlConnection connection, String sql, @Nullable CredentialDigest digest) {
        return digest == null
                ? Future.succeededFuture(Optional.empty())
                : connection
                        .preparedQuery(sql)
                        .execute(TokenRows.tuple(TokenRows.bytes(digest)))
                        .map(rows -> Optional.ofNullable(GrantStore.first(rows)).flatMap(ExchangeStore::input));
    }

    /** Empty if the token has expired. One of 0 seconds would give a token without end. */
    private static Optional<InputToken> input(Row row) {
        long life = row.getLong("life");
        long remaining = life == 0 ? 0 : row.getLong("created_at") + life - row.getLong("now");
        if (life != 0 && remaining <= 0) {
            return Optional.empty();
        }
        return Optional.of(new InputToken(
                row.getUUID("credential_id"),
                row.getString("client_id"),
                TokenRows.access(row),
                remaining,
                actor(row.getJsonObject("actor")),
                row.getInteger("exchanges")));
    }

    private static Future<Exchange> storeUnlessFull(
            SqlConnection connection, Origin origin, Request request, ExchangedToken exchanged) {
        return connection
                .preparedQuery(IS_FULL)
                .execute(TokenRows.tuple(origin.families().get(0), (long) QUOTA))
                .compose(rows -> rows.iterator().next().getBoolean("is_full")
                        ? Future.<Exchange>succeededFuture(new Exchange.QuotaExceeded())
                        : store(connection, origin, request, exchanged));
    }

    private static Future<Exchange> store(
            SqlConnection connection, Origin origin, Request request, ExchangedToken exchanged) {
        Actor actor = exchanged.actor();
        return connection
                .preparedQuery(NAME_GRANT)
                .execute(TokenRows.tuple(TokenRows.bytes(request.subject())))
                .compose(named -> TokenRows.insert(connection, exchanged.token(), request.client()))
                .compose(state -> connection
                        .preparedQuery(BIND)
                        .execute(TokenRows.tuple(
                                exchanged.token().id(),
                                origin.families().toArray(UUID[]::new),
                                origin.credentials().toArray(UUID[]::new),
                                actor == null ? null : new JsonObject(actor.members())))
                        .<Exchange>map(bound -> new Exchange.Exchanged(state)));
    }

    /** Reads the party that acts for the subject of an access token; empty if there is none. */
    public Future<Optional<Actor>> findActor(CredentialDigest accessToken) {
        return database.query(FIND_ACTOR, TokenRows.tuple(TokenRows.bytes(accessToken)))
                .map(rows -> Optional.ofNullable(GrantStore.first(rows))
                        .flatMap(row -> Optional.ofNullable(actor(row.getJsonObject("actor")))));
    }

    private static @Nullable Actor actor(@Nullable JsonObject claim) {
        return claim == null
                ? null
                : new Actor(claim.getString("sub"), claim.getString("client_id"), actor(claim.getJsonObject("act")));
    }
}
