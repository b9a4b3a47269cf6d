package io.gatehouse.store;

import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.ClusterTimings;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.testing.TcpRelay;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests a PostgreSQL whose host stops responding without closing its connections. */
class UnresponsiveDatabaseTest {
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Vertx vertx = Vertx.vertx();
    private final PostgresConfig config = TestDatabase.create();
    private final TcpRelay line = TcpRelay.to(config);
    private final Database database =
            Database.open(vertx, line.along(config), ClusterTimings.CONNECTION_TIMEOUT, SILENCE);

    @AfterEach
    void close() {
        await(database.close());
        line.close();
        await(vertx.close());
    }

    private Future<Integer> backend() {
        return database.query("SELECT pg_backend_pid()", Tuple.tuple())
                .map(rows -> rows.iterator().next().getInteger(0));
    }

    @Test
    void statementWithoutAResponse_failsAndTheNextUsesAnotherConnection() {
        List<Future<Integer>> all =
                Stream.generate(this::backend).limit(config.poolSize()).toList();
        await(Future.all(all));
        line.silence();
        assertThatThrownBy(() -> await(backend())).hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);
        List<Future<Integer>> lost =
                Stream.generate(this::backend).limit(config.poolSize()).toList();
        await(Future.join(lost).otherwiseEmpty());
        assertThat(lost).allMatch(Future::failed);
        line.mend();
        assertThat(await(backend())).isPositive();
    }

    @Test
    void idleConnection_isKept() {
        int before = await(backend());
        await(vertx.timer(SILENCE.multipliedBy(2).toMillis()));
        assertThat(await(backend())).isEqualTo(before);
    }

    @Test
    void timeLimitOfAStatement_startsWithTheStatement() {
        await(backend());
        await(vertx.timer(SILENCE.toMillis()));
        assertThat(await(database.query("SELECT pg_sleep(0.7)", Tuple.tuple())).size())
                .isEqualTo(1);
    }
}
