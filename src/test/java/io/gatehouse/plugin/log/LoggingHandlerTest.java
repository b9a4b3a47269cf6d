package io.gatehouse.plugin.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.testing.Gatehouse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests the estimated memory of the entries of a log. */
class LoggingHandlerTest {
    /** Keeps every entry until the test has ended. */
    private static final QueueSettings KEPT = new QueueSettings(100, 600_000, 100, 1_000_000, 60_000, 50, 50);

    private static final int CHARACTERS = 24 * 1024;

    private final LogBudget budget = new LogBudget(10_000_000);
    private Vertx vertx;
    private LoggingHandler handler;

    @BeforeEach
    void start() {
        vertx = Vertx.vertx();
        WorkerExecutor workers = vertx.createSharedWorkerExecutor("logging-test", 1);
        handler = new LoggingHandler(new LogQueue<>(
                vertx,
                workers,
                "test",
                KEPT,
                batch -> Future.succeededFuture(200),
                new LogMeters(new SimpleMeterRegistry(), "test"),
                budget));
    }

    @AfterEach
    void stop() {
        Gatehouse.await(vertx.close());
    }

    private static FinishedRequest forwardedTo(String upstreamTarget) {
        return new FinishedRequest(
                "id",
                "GET",
                "/",
                "/",
                "http://a/",
                Map.of(),
                Map.of(),
                0,
                200,
                Map.of(),
                0,
                true,
                upstreamTarget,
                200,
                List.of(),
                null,
                null,
                null,
                "127.0.0.1",
                null,
                new FinishedRequest.Caller("127.0.0.1", 1, "HTTP/1.1", "a"),
                0,
                new FinishedRequest.Latencies(0, 0, 0, 0),
                Map.of(),
                null);
    }

    @Test
    void theTargetOfTheUpstreamRequestCounts() {
        handler.logPhase().log(forwardedTo("/"));
        long before = budget.bytes();

        handler.logPhase().log(forwardedTo("/" + "x".repeat(CHARACTERS)));

        assertThat(budget.bytes()).isEqualTo(2 * before + CHARACTERS);
    }
}
