package io.gatehouse.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.store.entity.CatalogStore;
import io.gatehouse.store.entity.EntityStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** Opens the stores on a database of its own. */
public final class StoreFixture implements AutoCloseable {
    public final Vertx vertx = Vertx.vertx();
    final PostgresConfig config = TestDatabase.create();
    public final Database database = Database.open(vertx, config);
    public final EntityStore entities = new EntityStore(database);
    public final CatalogStore catalog = new CatalogStore(database);
    public final ChangeStore changes = new ChangeStore(database);
    final TokenStore tokens = new TokenStore(database);

    public static <T> T await(Future<T> future) {
        return future.toCompletionStage()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
    }

    /** Asserts that a statement fails because the client was deleted, or the Service or plugin. */
    static void isOwnerDeleted(Future<?> stored, boolean isClient) {
        await(stored.otherwiseEmpty());
        assertThat(stored.cause())
                .isInstanceOfSatisfying(
                        StoreException.OwnerDeleted.class,
                        deleted -> assertThat(deleted.isClient()).isEqualTo(isClient));
    }

    /** The newest committed version of the configuration. */
    public long version() {
        return await(changes.since(null)).catalogVersion();
    }

    public Document insert(EntitySchema schema, Map<String, @Nullable Object> values) {
        return Objects.requireNonNull(
                await(entities.insert(schema, schema.check(values))).after());
    }

    public Document credential(String clientId) {
        Document consumer = insert(EntitySchemas.CONSUMERS, Map.of("username", "user of " + clientId));
        return insert(
                EntitySchemas.OAUTH2_CREDENTIALS,
                Map.of(
                        "name",
                        "app",
                        "client_id",
                        clientId,
                        "client_secret",
                        "secret",
                        "consumer",
                        Map.of("id", consumer.string("id"))));
    }

    /** An imported token of a client, which has no family. Returns the id of its row. */
    String token(String name, UUID credentialId, UUID id) {
        return insert(
                        EntitySchemas.OAUTH2_TOKENS,
                        Map.of(
                                "id",
                                id.toString(),
                                "credential",
                                reference(credentialId),
                                "access_token",
                                "access " + name,
                                "refresh_token",
                                "refresh " + name,
                                "expires_in",
                                60))
                .string("id");
    }

    public static Map<String, Object> reference(UUID id) {
        return Map.of("id", id.toString());
    }

    /** Opens a connection that is not the pool's, to hold locks on. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:" + config.url(), config.user(), config.password());
    }

    /** Waits until so many statements of this database wait for a lock. */
    public void awaitWaiting(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> waiting() == count);
    }

    private int waiting() throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM pg_stat_activity"
                        + " WHERE datname = current_database() AND wait_event_type = 'Lock'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    /** Two operations that have run at once. */
    record Race<A, B>(Future<A> first, Future<B> second) {}

    /** Starts both while the row of a token is locked: the first one waits for the row, and the second one for the first. */
    <A, B> Race<A, B> race(String id, Supplier<Future<A>> first, Supplier<Future<B>> second) throws SQLException {
        try (Connection other = connect();
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT 1 FROM oauth2_tokens WHERE id = '" + id + "' FOR UPDATE");
            Future<A> waiting = first.get();
            awaitWaiting(1);
            Future<B> behind = second.get();
            awaitWaiting(2);
            other.commit();
            return new Race<>(waiting, behind);
        }
    }

    @Override
    public void close() {
        await(database.close());
        await(vertx.close());
    }
}
