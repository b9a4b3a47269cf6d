package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Document;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DatabaseTest {
    private static Future<?> lock(SqlConnection connection, UUID id) {
        return connection
                .preparedQuery("SELECT id FROM services WHERE id = $1 FOR UPDATE")
                .execute(Tuple.of(id));
    }

    @Test
    void deadlockedTransactions_areRepeatedUntilBothSucceed() {
        try (StoreFixture store = new StoreFixture()) {
            Document one = store.insert(EntitySchemas.SERVICES, Map.of("host", "one"));
            Document two = store.insert(EntitySchemas.SERVICES, Map.of("host", "two"));
            AtomicInteger attempts = new AtomicInteger();
            Promise<Void> oneLocked = Promise.promise();
            Promise<Void> twoLocked = Promise.promise();

            Future<Integer> first = store.database.withTransaction(connection -> {
                attempts.incrementAndGet();
                return lock(connection, one.id())
                        .onComplete(done -> oneLocked.tryComplete())
                        .compose(done -> twoLocked.future())
                        .compose(done -> lock(connection, two.id()))
                        .map(1);
            });
            Future<Integer> second = store.database.withTransaction(connection -> {
                attempts.incrementAndGet();
                return lock(connection, two.id())
                        .onComplete(done -> twoLocked.tryComplete())
                        .compose(done -> oneLocked.future())
                        .compose(done -> lock(connection, one.id()))
                        .map(2);
            });

            assertThat(await(first)).isEqualTo(1);
            assertThat(await(second)).isEqualTo(2);
            assertThat(attempts).as("attempts of both transactions").hasValueGreaterThan(2);
        }
    }

    @Test
    void waitingRequest_getsNoConnectionThatHasEnded() {
        PostgresConfig config = TestDatabase.create();
        Vertx vertx = Vertx.vertx();
        try (TcpRelay line = TcpRelay.to(config)) {
            PostgresConfig along = line.along(config);
            Database database =
                    Database.open(vertx, new PostgresConfig(along.url(), along.user(), along.password(), 1));
            assertThat(await(database.ping())).isTrue();
            Future<?> lost = database.query("SELECT pg_sleep(10)", Tuple.tuple());
            List<Future<Boolean>> waiting =
                    Stream.generate(database::ping).limit(5).toList();
            line.cut();
            line.mend();
            assertThatThrownBy(() -> await(lost)).hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);
            assertThat(waiting).allMatch(StoreFixture::await);
            await(database.close());
        } finally {
            await(vertx.close());
        }
    }

    @Test
    void cancelledStatement_failsAsUnavailable() {
        try (StoreFixture store = new StoreFixture()) {
            assertThat(await(store.database.ping())).isTrue();
            Future<?> slow = store.database.withConnection(connection -> connection
                    .query("SET statement_timeout = 50; SELECT pg_sleep(10)")
                    .execute());
            assertThatThrownBy(() -> await(slow)).hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);
            assertThat(store.database.isReachable()).isFalse();
            assertThat(await(store.database.ping())).isTrue();
            assertThat(store.database.isReachable()).isTrue();
        }
    }
}
