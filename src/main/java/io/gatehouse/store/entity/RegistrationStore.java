package io.gatehouse.store.entity;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.store.Database;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Stores clients that register themselves (RFC 7591): an application, its metadata, and the digest of the token that manages them
 * (RFC 7592).
 *
 * <p><i>Invariant</i>: a plugin never has more clients, or more registrations in a minute, than its limits. Registrations of one plugin
 * are stored one after the other.
 *
 * <p><i>Invariant</i>: no such client has a redirect URI of an application that an operator has created, except one of a loopback
 * interface.
 */
public final class RegistrationStore {
    private static final long MINUTE_SECONDS = 60;
    /** Addresses of the user's own device, where several applications use the same. */
    private static final List<String> LOOPBACK = List.of("127.0.0.1", "[::1]", "localhost");

    private static final Pattern CAPITALS = Pattern.compile("[A-Z]+");

    private static final Pattern WEB =
            Pattern.compile("(?<scheme>https?)://(?<host>\\[[^\\]]*\\]|[^:/]*)(?<port>:\\d*)?(?<path>/.*)?");

    private static final String COUNT = """
            SELECT (SELECT count(*) FROM (SELECT FROM oauth2_registrations WHERE plugin_id = $1
                                           LIMIT $2::bigint) living) >= $2::bigint AS is_full,
                   (SELECT count(*) FROM (SELECT FROM oauth2_recent_registrations
                                           WHERE plugin_id = $1 AND delete_at > extract(epoch FROM now())
                                           LIMIT $3::bigint) recent) >= $3::bigint AS is_fast""";

    // It does not wait for a key share lock, which a row that references the plugin takes.
    private static final String LOCK_PLUGIN = "SELECT id FROM plugins WHERE id = $1 FOR NO KEY UPDATE";

    // The collation is that of forms(). The client itself is one of an operator once its tag has been removed.
    private static final String TAKEN = """
            SELECT EXISTS (SELECT FROM oauth2_credentials, jsonb_array_elements_text(redirect_uris) AS uri
                            WHERE split_part(lower(uri COLLATE "C"), '?', 1) = ANY($1::text[])
                              AND id <> $2 AND %s)""".formatted(RegisteredClients.EXCLUDED);

    private static final String INSERT =
            "INSERT INTO oauth2_registrations (token_digest, credential_id, plugin_id) VALUES ($1, $2, $3)";

    private static final String COUNT_UP = """
            INSERT INTO oauth2_recent_registrations (plugin_id, delete_at)
            SELECT $1, floor(extract(epoch FROM now()))::bigint + $2::bigint""";

    private static final String FIND = """
            SELECT c.id, m.id AS metadata_id
              FROM oauth2_registrations r JOIN oauth2_credentials c ON c.id = r.credential_id
              JOIN oauth2_metadata m ON m.credential_id = c.id
             WHERE r.token_digest = $1 AND r.plugin_id = $2 AND c.client_id = $3""";

    private final Database database;
    private final Map<String, Table> tables = EntityStore.tables();

    public RegistrationStore(Database database) {
        this.database = database;
    }

    /** Why a registration is refused. */
    public enum Refusal {
        TOO_MANY_CLIENTS,
        TOO_FAST,
        /** An application that an operator has created has one of the redirect URIs. */
        REDIRECT_URI_TAKEN
    }

    /** Refuses a registration. Expected, so it has no stack trace. */
    public static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final Refusal refusal;

        private Refused(Refusal refusal) {
            super(refusal.name(), null, false, false);
            this.refusal = refusal;
        }

        public Refusal refusal() {
            return refusal;
        }
    }

    /** Where clients register, and how many. */
    public record Limits(UUID pluginId, int clients, int perMinute) {}

    /** An application and its metadata. */
    public record Registered(Document credential, Document metadata) {}

    /** Fails with {@link Refused} if the plugin has no place for another client now. Does not wait for other registrations. */
    public Future<Void> requirePlace(Limits limits) {
        return database.withConnection(connection -> requirePlace(connection, limits));
    }

    /** Stores a client; fails with {@link Refused}, and with {@link StoreException.OwnerDeleted} if the plugin has been deleted. */
    public Future<Void> insert(Limits limits, CredentialDigest token, Registered registered) {
        return database.withTransaction(connection -> lockPlugin(connection, limits.pluginId())
                .compose(locked -> requirePlace(connection, limits))
                .compose(free -> requireFree(connection, registered.credential()))
                .compose(free -> insert(connection, limits.pluginId(), token, registered)));
    }

    private static Future<Void> lockPlugin(SqlConnection connection, UUID pluginId) {
        return execute(connection, LOCK_PLUGIN, Tuple.of(pluginId))
                .compose(rows -> rows.size() == 0
                        ? Future.failedFuture(new StoreException.OwnerDeleted(false))
                        : Future.succeededFuture());
    }

    private static Future<Void> requirePlace(SqlConnection connection, Limits limits) {
        Tuple tuple = Tuple.of(limits.pluginId(), (long) limits.clients(), (long) limits.perMinute());
        return connection.preparedQuery(COUNT).execute(tuple).compose(rows -> {
            Row row = rows.iterator().next();
            if (row.getBoolean("is_full")) {
                return Future.failedFuture(new Refused(Refusal.TOO_MANY_CLIENTS));
            }
            return row.getBoolean("is_fast")
                    ? Future.failedFuture(new Refused(Refusal.TOO_FAST))
                    : Future.succeededFuture();
        });
    }

    private static Future<Void> requireFree(SqlConnection connection, Document credential) {
        String[] forms = credential.strings("redirect_uris").stream()
                .flatMap(uri -> forms(uri).stream())
                .toArray(String[]::new);
        return connection
                .preparedQuery(TAKEN)
                .execute(Tuple.of(forms, credential.id()))
                .compose(rows -> rows.iterator().next().getBoolean(0)
                        ? Future.failedFuture(new Refused(Refusal.REDIRECT_URI_TAKEN))
                        : Future.succeededFuture());
    }

    /**
     * The forms of an URI that lead a browser to the same place, in lower case and without the query; none if the place is the user's own
     * device. The URI is in its normal form apart from case, a default port and an empty path.
     *
     * <p><i>Why lower case of ASCII alone</i>: Java, and PostgreSQL in each of its locales, have different ones of other letters. A URI with
     * such a letter would not be equal to itself.
     *
     * <p><i>Why without the query</i>: a response is added to it and replaces its own parameters, so {@code /callback?state=x} and
     * {@code /callback} lead to the same URI.
     */
    static List<String> forms(String uri) {
        int query = uri.indexOf('?');
        String place = CAPITALS.matcher(query < 0 ? uri : uri.substring(0, query))
                .replaceAll(letters -> letters.group().toLowerCase(Locale.ROOT));
        Matcher web = WEB.matcher(place);
        if (!web.matches()) {
            return List.of(place);
        }
        if (LOOPBACK.contains(web.group("host"))) {
            return List.of();
        }
        String origin = web.group("scheme") + "://" + web.group("host");
        String defaultPort = web.group("scheme").equals("https") ? ":443" : ":80";
        String port = text(web, "port");
        List<String> origins = port.isEmpty() || port.equals(defaultPort)
                ? List.of(origin, origin + defaultPort)
                : List.of(origin + port);
        String path = text(web, "path");
        // RFC 3986 §6.2.3: an empty path is the root.
        List<String> paths = path.length() <= 1 ? List.of("", "/") : List.of(path);
        return origins.stream()
                .flatMap(start -> paths.stream().map(one -> start + one))
                .toList();
    }

    private static String text(Matcher matcher, String group) {
        return Objects.requireNonNullElse(matcher.group(group), "");
    }

    private Future<Void> insert(
            SqlConnection connection, UUID pluginId, CredentialDigest token, Registered registered) {
        EntityTransaction transaction = new EntityTransaction(connection, tables, null);
        return transaction
                .store(EntitySchemas.OAUTH2_CREDENTIALS, null, registered.credential())
                .compose(credential -> transaction
                        .store(EntitySchemas.OAUTH2_METADATA, null, registered.metadata())
                        .compose(metadata -> execute(
                                        connection,
                                        INSERT,
                                        Tuple.of(
                                                Buffer.buffer(token.toBytes()),
                                                registered.credential().id(),
                                                pluginId))
                                .compose(done -> execute(connection, COUNT_UP, Tuple.of(pluginId, MINUTE_SECONDS)))
                                .compose(done -> transaction.commit(List.of(credential, metadata)))))
                .mapEmpty();
    }

    private static Future<RowSet<Row>> execute(SqlConnection connection, String sql, Tuple tuple) {
        return connection.preparedQuery(sql).execute(tuple);
    }

    /** Reads the client that a token manages; empty if the token is not that of the client at the plugin. */
    public Future<Optional<Registered>> find(CredentialDigest token, UUID pluginId, String clientId) {
        Tuple tuple = Tuple.of(Buffer.buffer(token.toBytes()), pluginId, clientId);
        return database.withConnection(connection -> execute(connection, FIND, tuple)
                .compose(rows -> {
                    if (rows.size() == 0) {
                        return Future.succeededFuture(Optional.empty());
                    }
                    Row row = rows.iterator().next();
                    EntityTransaction reading = new EntityTransaction(connection, tables, null);
                    return reading.find(EntitySchemas.OAUTH2_CREDENTIALS, EntityRef.of(text(row, "id")))
                            .compose(credential -> reading.find(
                                            EntitySchemas.OAUTH2_METADATA, EntityRef.of(text(row, "metadata_id")))
                                    .map(metadata -> credential == null || metadata == null
                                            ? Optional.empty()
                                            : Optional.of(new Registered(credential, metadata))));
                }));
    }

    private static String text(Row row, String column) {
        return row.getUUID(column).toString();
    }

    /**
     * Changes a client; empty if it does not exist any more. Fails with {@link Refused}.
     *
     * @param edit receives what is stored, and returns it with the same ids
     */
    public Future<Optional<WriteResult>> replace(Registered known, UnaryOperator<Registered> edit) {
        return database.withTransaction(connection -> {
            EntityTransaction transaction = new EntityTransaction(connection, tables, null);
            return transaction
                    .lock(
                            EntitySchemas.OAUTH2_CREDENTIALS,
                            EntityRef.of(known.credential().string("id")))
                    .compose(credential -> transaction
                            .lock(
                                    EntitySchemas.OAUTH2_METADATA,
                                    EntityRef.of(known.metadata().string("id")))
                            .compose(metadata -> credential == null || metadata == null
                                    ? Future.succeededFuture(Optional.empty())
                                    : replace(connection, transaction, new Registered(credential, metadata), edit)));
        });
    }

    private static Future<Optional<WriteResult>> replace(
            SqlConnection connection,
            EntityTransaction transaction,
            Registered current,
            UnaryOperator<Registered> edit) {
        Registered wanted = edit.apply(current);
        return requireFree(connection, wanted.credential())
                .compose(free ->
                        transaction.store(EntitySchemas.OAUTH2_CREDENTIALS, current.credential(), wanted.credential()))
                .compose(credential -> transaction
                        .store(EntitySchemas.OAUTH2_METADATA, current.metadata(), wanted.metadata())
                        .compose(metadata -> transaction.commit(List.of(credential, metadata))))
                .map(results -> Optional.of(results.get(0)));
    }
}
