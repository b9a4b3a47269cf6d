package io.gatehouse.store;

import static io.gatehouse.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests requests that wait for one of few connections. */
class PoolContentionTest {
    private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(2);

    private final Queue<Throwable> unhandled = new ConcurrentLinkedQueue<>();
    private final Vertx vertx = Vertx.vertx().exceptionHandler(unhandled::add);
    private final Context one = eventLoop();
    private final Context other = eventLoop();

    private Context eventLoop() {
        Promise<Context> context = Promise.promise();
        await(vertx.deployVerticle(started -> {
            context.complete(started);
            return Future.succeededFuture();
        }));
        return await(context.future());
    }

    @AfterEach
    void close() {
        await(vertx.close());
    }

    private Database database(int connections) {
        PostgresConfig config = TestDatabase.createEmpty();
        return Database.open(
                vertx,
                new PostgresConfig(config.url(), config.user(), config.password(), connections),
                CONNECTION_TIMEOUT,
                Duration.ofSeconds(5));
    }

    /**
     * The pool enqueues a request on one event loop while another returns a connection, which ends the wait before it has
     * begun. A timer that begins afterwards must not end the request once more: the pool would lose what it does next.
     */
    @Test
    void waitThatEndsBeforeItBegan_isNotEndedAgainByItsTimeout() {
        Database database = database(2);
        CountDownLatch returned = new CountDownLatch(1);
        Promise<Void> work = Promise.promise();
        Promise<Future<?>> held = Promise.promise();
        Promise<Void> holds = Promise.promise();
        other.runOnContext(begun -> held.complete(database.withConnection(connection -> {
            holds.complete();
            return work.future();
        })));
        await(holds.future());

        Promise<Future<Integer>> waited = Promise.promise();
        Promise<Void> finished = Promise.promise();
        one.runOnContext(begun -> database.withConnection(connection -> {
                    waited.complete(database.withConnection(
                            second -> second.query("SELECT 1").execute().map(rows -> rows.size())));
                    await(held.future()).onComplete(done -> other.runOnContext(later -> returned.countDown()));
                    other.runOnContext(ended -> work.complete());
                    awaitLatch(returned);
                    return connection.query("SELECT 1").execute();
                })
                .<Void>mapEmpty()
                .onComplete(finished));

        await(finished.future());
        assertThat(await(await(waited.future()))).isEqualTo(1);
        await(vertx.timer(CONNECTION_TIMEOUT.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS));
        assertThat(unhandled).isEmpty();
    }

    @Test
    void requestThatWaitedTooLong_failsAsUnavailable_andItsConnectionServesTheNext() {
        Database database = database(1);
        Promise<Void> work = Promise.promise();
        Future<Void> holder = database.withConnection(connection -> work.future());

        Future<?> late = database.query("SELECT 1", Tuple.tuple());
        Future<?> lateTransaction = database.withTransaction(
                connection -> connection.query("SELECT 1").execute());

        assertThatThrownBy(() -> await(late)).hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);
        assertThatThrownBy(() -> await(lateTransaction)).hasCauseInstanceOf(StoreException.DatabaseUnavailable.class);
        work.complete();
        await(holder);
        for (int i = 0; i < 3; i++) {
            assertThat(await(database.ping())).isTrue();
        }
        assertThat(unhandled).isEmpty();
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
