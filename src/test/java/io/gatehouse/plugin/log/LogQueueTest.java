package io.gatehouse.plugin.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the batches of the queue of a plugin, and the queue on a node that stops. */
class LogQueueTest {
    private static final QueueSettings AT_ONCE = new QueueSettings(1, 1, 100, 1_000_000, 60_000, 50, 50);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicInteger attempts = new AtomicInteger();
    private final Promise<Integer> delivery = Promise.promise();
    private Vertx vertx;
    private WorkerExecutor workers;
    private LogQueue<String> queue;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        workers = vertx.createSharedWorkerExecutor("queue-test", 1);
        queue = new LogQueue<>(
                vertx,
                workers,
                "test",
                AT_ONCE,
                batch -> {
                    attempts.incrementAndGet();
                    return delivery.future();
                },
                new LogMeters(registry, "test"),
                new LogBudget(1_000_000));
    }

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    private double dropped() {
        return registry.get("gatehouse.log.entries.dropped").counter().count();
    }

    @Test
    void anEntryOfANodeThatStopsIsDroppedAndCounted() {
        Gatehouse.await(workers.close());

        assertThatCode(() -> queue.add("entry", 10)).doesNotThrowAnyException();

        assertThat(dropped()).isEqualTo(1);
        assertThat(attempts).hasValue(0);
    }

    @Test
    void aBatchThatWaitsToBeSentAgainIsDroppedAndCounted() {
        queue.add("entry", 10);
        await().until(() -> attempts.get() > 0);
        // Their only thread has returned from the attempt: a pool that is closed in one never reports its result.
        Gatehouse.await(workers.executeBlocking(() -> true));
        Gatehouse.await(workers.close());

        delivery.fail("refused");

        await().until(() -> dropped() == 1);
    }

    /** Each large entry drops every entry, also between those that find the queue ready to send. */
    @Test
    void aBatchIsNeverEmpty_whenEntriesAreDroppedConcurrently() throws InterruptedException {
        QueueSettings small = new QueueSettings(1, 1, 100, 100, 60_000, 50, 50);
        AtomicInteger empty = new AtomicInteger();
        LogQueue<String> dropping = new LogQueue<>(
                vertx,
                workers,
                "test",
                small,
                batch -> {
                    if (batch.isEmpty()) {
                        empty.incrementAndGet();
                    }
                    return Future.succeededFuture(0);
                },
                new LogMeters(registry, "dropping"),
                new LogBudget(1_000_000));
        Thread adding = new Thread(() -> add(dropping, 1));
        adding.start();
        add(dropping, 101);
        adding.join();

        assertThat(empty).hasValue(0);
    }

    private static void add(LogQueue<String> queue, int size) {
        for (int i = 0; i < 100_000; i++) {
            queue.add("entry", size);
        }
    }
}
