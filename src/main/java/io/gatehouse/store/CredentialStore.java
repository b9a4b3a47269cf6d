package io.gatehouse.store;

import io.gatehouse.credential.BasicState;
import io.gatehouse.credential.ConsumerGroups;
import io.gatehouse.credential.ConsumerState;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.HmacState;
import io.gatehouse.credential.JwtState;
import io.gatehouse.credential.KeyState;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowIterator;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** Reads the credentials and groups of consumers by the digest of the credential. */
public final class CredentialStore {
    private static final String FIND_KEY = """
            SELECT k.id, k.delete_at, u.id AS consumer_id, u.username, u.custom_id
              FROM keyauth_credentials k JOIN consumers u ON u.id = k.consumer_id
             WHERE k.key_digest = $1 AND (k.delete_at IS NULL OR k.delete_at > extract(epoch FROM now()))""";

    private static final String FIND_GROUPS =
            "SELECT \"group\" FROM acls WHERE consumer_digest = $1 ORDER BY created_at, \"group\"";

    private static final String FIND_JWT = """
            SELECT j.key, j.algorithm, j.secret, j.rsa_public_key, u.id AS consumer_id, u.username, u.custom_id
              FROM jwt_secrets j JOIN consumers u ON u.id = j.consumer_id
             WHERE j.key_digest = $1""";

    private static final String FIND_BASIC = """
            SELECT b.id, b.username AS name, b.password, u.id AS consumer_id, u.username, u.custom_id
              FROM basicauth_credentials b JOIN consumers u ON u.id = b.consumer_id
             WHERE b.username_digest = $1""";

    private static final String FIND_HMAC = """
            SELECT h.id, h.username AS name, h.secret, u.id AS consumer_id, u.username, u.custom_id
              FROM hmacauth_credentials h JOIN consumers u ON u.id = h.consumer_id
             WHERE h.username_digest = $1""";

    // Each condition has an index of its own. The digests of the three kinds are never equal.
    private static final String FIND_CONSUMER = """
            SELECT id, username, custom_id FROM consumers
             WHERE gatehouse_digest('consumer:' || id::text) = $1
                OR gatehouse_digest('consumer-username:' || username) = $1
                OR gatehouse_digest('consumer-custom-id:' || custom_id) = $1""";

    private final Database database;

    public CredentialStore(Database database) {
        this.database = database;
    }

    /** Reads the API key with that digest. */
    public Future<Optional<KeyState>> findKey(CredentialDigest digest) {
        return find(FIND_KEY, digest)
                .map(row -> row.map(found -> new KeyState(
                        found.getUUID("id"),
                        found.getUUID("consumer_id"),
                        found.getString("username"),
                        found.getString("custom_id"),
                        Objects.requireNonNullElse(found.getLong("delete_at"), 0L))));
    }

    /** Reads the groups of the consumer with that digest. */
    public Future<ConsumerGroups> findGroups(CredentialDigest digest) {
        return query(FIND_GROUPS, digest).map(rows -> {
            List<String> groups = new ArrayList<>(rows.size());
            rows.forEach(row -> groups.add(row.getString(0)));
            return new ConsumerGroups(groups);
        });
    }

    /** Reads the JWT credential with that digest. */
    public Future<Optional<JwtState>> findJwt(CredentialDigest digest) {
        return find(FIND_JWT, digest)
                .map(row -> row.map(found -> new JwtState(
                        found.getString("key"),
                        found.getString("algorithm"),
                        found.getString("secret"),
                        found.getString("rsa_public_key"),
                        found.getUUID("consumer_id"),
                        found.getString("username"),
                        found.getString("custom_id"))));
    }

    /** Reads the basic-auth credential with that digest. */
    public Future<Optional<BasicState>> findBasic(CredentialDigest digest) {
        return find(FIND_BASIC, digest)
                .map(row -> row.map(found -> new BasicState(
                        found.getUUID("id"),
                        found.getString("name"),
                        found.getString("password"),
                        found.getUUID("consumer_id"),
                        found.getString("username"),
                        found.getString("custom_id"))));
    }

    /** Reads the hmac-auth credential with that digest. */
    public Future<Optional<HmacState>> findHmac(CredentialDigest digest) {
        return find(FIND_HMAC, digest)
                .map(row -> row.map(found -> new HmacState(
                        found.getUUID("id"),
                        found.getString("name"),
                        found.getString("secret"),
                        found.getUUID("consumer_id"),
                        found.getString("username"),
                        found.getString("custom_id"))));
    }

    /** Reads the Consumer with that digest: of its id, its username or its {@code custom_id}. */
    public Future<Optional<ConsumerState>> findConsumer(CredentialDigest digest) {
        return find(FIND_CONSUMER, digest)
                .map(row -> row.map(found -> new ConsumerState(
                        found.getUUID("id"), found.getString("username"), found.getString("custom_id"))));
    }

    private Future<Optional<Row>> find(String sql, CredentialDigest digest) {
        return query(sql, digest).map(rows -> {
            RowIterator<Row> found = rows.iterator();
            return found.hasNext() ? Optional.of(found.next()) : Optional.empty();
        });
    }

    private Future<RowSet<Row>> query(String sql, CredentialDigest digest) {
        return database.query(sql, Tuple.of(Buffer.buffer(digest.toBytes())));
    }
}
