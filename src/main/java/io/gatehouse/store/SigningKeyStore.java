package io.gatehouse.store;

import io.gatehouse.oauth.SigningKey;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Stores the keys that sign JWT access tokens (RFC 9068).
 *
 * <p><i>Invariant</i>: of the nodes that add a key at the same time, each after the first finds the key of the first.
 */
public final class SigningKeyStore {
    /** Keys that are published. Only nodes that cannot decrypt each other's keys need more than a few. */
    static final int MAX_KEYS = 64;

    /** The clocks of verifiers may be late. */
    private static final long LEEWAY_SECONDS = 300;

    /** The advisory lock of additions. */
    private static final long LOCK = 0x6761_7465_6b65_7973L;

    private static final String TAKE_LOCK = "SELECT pg_advisory_xact_lock($1)";

    private static final String FIND = """
            SELECT kid, public_key, private_key, sign_from, sign_until FROM oauth2_signing_keys
             WHERE delete_at > extract(epoch FROM now()) ORDER BY sign_from DESC, kid""";

    private static final String INSERT = """
            INSERT INTO oauth2_signing_keys (kid, public_key, private_key, sign_from, sign_until, delete_at)
            VALUES ($1, $2, $3, $4, $5, $5::bigint + $6::bigint)""";

    private static final String DELETE_OLDEST =
            "DELETE FROM oauth2_signing_keys WHERE kid NOT IN (SELECT kid FROM oauth2_signing_keys"
                    + " ORDER BY sign_from DESC, kid LIMIT $1)";

    private final Database database;

    public SigningKeyStore(Database database) {
        this.database = database;
    }

    /** Reads the keys that are published, the one that signs last first. */
    public Future<List<SigningKey>> find() {
        return database.query(FIND, Tuple.tuple()).map(SigningKeyStore::keys);
    }

    /**
     * Adds a key, if it is still needed, and removes the oldest of too many. Returns all keys.
     *
     * @param isNeeded decides from the keys that are stored
     */
    public Future<List<SigningKey>> add(SigningKey key, Predicate<List<SigningKey>> isNeeded) {
        return database.withTransaction(connection -> connection
                .preparedQuery(TAKE_LOCK)
                .execute(Tuple.of(LOCK))
                .compose(locked -> find(connection))
                .compose(keys -> isNeeded.test(keys) ? insert(connection, key) : Future.succeededFuture(keys)));
    }

    private static Future<List<SigningKey>> insert(SqlConnection connection, SigningKey key) {
        return connection
                .preparedQuery(INSERT)
                .execute(TokenRows.tuple(
                        key.id(),
                        key.publicKey(),
                        key.sealedPrivateKey(),
                        key.signFrom(),
                        key.signUntil(),
                        SigningKey.MAX_LIFE_SECONDS + LEEWAY_SECONDS))
                .compose(inserted -> connection.preparedQuery(DELETE_OLDEST).execute(Tuple.of((long) MAX_KEYS)))
                .compose(deleted -> find(connection));
    }

    private static Future<List<SigningKey>> find(SqlConnection connection) {
        return connection.preparedQuery(FIND).execute().map(SigningKeyStore::keys);
    }

    private static List<SigningKey> keys(RowSet<Row> rows) {
        List<SigningKey> keys = new ArrayList<>(rows.size());
        rows.forEach(row -> keys.add(new SigningKey(
                row.getString("kid"),
                row.getString("public_key"),
                row.getString("private_key"),
                row.getLong("sign_from"),
                row.getLong("sign_until"))));
        return List.copyOf(keys);
    }
}
