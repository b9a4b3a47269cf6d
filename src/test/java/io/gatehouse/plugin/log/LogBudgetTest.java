package io.gatehouse.plugin.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.Plugin;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogPhase;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.log.tracing.TracingPlugins;
import io.gatehouse.testing.Gatehouse;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the memory that the queues of all logging plugins take together. */
class LogBudgetTest {
    private static final int MAX_BYTES = 4 * 1024 * 1024;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final FinishedRequest REQUEST = request();

    private final Vertx vertx = Vertx.vertx();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LogBudget budget = new LogBudget(MAX_BYTES);
    private final Map<String, PluginFactory> factories = factories();
    private final Queue<HttpServerRequest> unanswered = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isDead = new AtomicBoolean(true);
    private final AtomicInteger received = new AtomicInteger();
    private final HttpServer dead = listen(request -> {
        if (isDead.get()) {
            unanswered.add(request);
        } else {
            request.response().end();
        }
    });
    private final HttpServer alive = listen(request -> {
        received.incrementAndGet();
        request.response().end();
    });

    private Map<String, PluginFactory> factories() {
        Map<String, PluginFactory> all =
                new HashMap<>(new LogPlugins(vertx, registry, List.of(), Path.of("/dev/log"), budget).factories());
        all.putAll(new TracingPlugins(vertx, registry, "node", "1", budget).factories());
        return all;
    }

    private HttpServer listen(Handler<HttpServerRequest> handler) {
        return Gatehouse.await(vertx.createHttpServer().requestHandler(handler).listen(0, "127.0.0.1"));
    }

    @AfterEach
    void close() {
        Gatehouse.await(vertx.close());
    }

    private static FinishedRequest request() {
        return new FinishedRequest(
                "0af7651916cd43dd8448eb211c80319c",
                "GET",
                "/",
                "/",
                "http://localhost/",
                Map.of(),
                Map.of("x-large", List.of("x".repeat(8_000))),
                0,
                200,
                Map.of(),
                0,
                true,
                null,
                0,
                List.of(),
                null,
                null,
                null,
                "127.0.0.1",
                null,
                new FinishedRequest.Caller("127.0.0.1", 0, "HTTP/1.1", null),
                0,
                new FinishedRequest.Latencies(0, 0, 0, 0),
                Map.of(),
                null);
    }

    private LogPhase plugin(HttpServer server) {
        return plugin("http-log", Map.of("http_endpoint", url(server)));
    }

    private static String url(HttpServer server) {
        return "http://127.0.0.1:" + server.actualPort() + "/";
    }

    private LogPhase plugin(String name, Map<String, Object> config) {
        Plugin plugin = new Plugin(
                UUID.randomUUID(),
                name,
                EntitySchemas.PLUGINS
                        .check(Map.of("name", name, "config", config))
                        .record("config"),
                null,
                null,
                null,
                Set.of(),
                true);
        Catalog catalog = Catalog.of(new CatalogSnapshot("epoch", 0, 1, Map.of(), Map.of()));
        PluginFactory factory = Objects.requireNonNull(factories.get(name));
        return Objects.requireNonNull(factory.create(plugin, catalog).logPhase());
    }

    private double dropped() {
        return registry.get("gatehouse.log.entries.dropped")
                .tag("plugin", "http-log")
                .counter()
                .count();
    }

    @Test
    void queuesOfADeadServerStayWithinTheBudget_andLeaveMemoryToAnotherPlugin() {
        List<LogPhase> plugins =
                IntStream.range(0, 30).mapToObj(i -> plugin(dead)).toList();
        plugins.get(0).log(REQUEST);
        long entry = budget.bytes();
        int logged = 1;
        for (int round = 0; round < 200; round++) {
            plugins.forEach(plugin -> plugin.log(REQUEST));
            logged += plugins.size();
            assertThat(budget.bytes()).isLessThanOrEqualTo(MAX_BYTES);
        }
        assertThat(budget.bytes()).isGreaterThan(MAX_BYTES / 2);
        long held = budget.bytes() / entry;
        assertThat(dropped()).as("each other entry is counted").isEqualTo((double) (logged - held));

        LogPhase other = plugin(alive);
        for (int i = 1; i <= 10; i++) {
            int expected = i;
            other.log(REQUEST);
            await().atMost(LIMIT).until(() -> received.get() == expected);
        }

        isDead.set(false);
        await().atMost(LIMIT).until(() -> {
            for (HttpServerRequest each = unanswered.poll(); each != null; each = unanswered.poll()) {
                each.response().end();
            }
            return budget.bytes() == 0;
        });
    }

    @Test
    void oneQueueTakesHalfOfTheBudget() {
        LogPhase plugin = plugin(dead);
        for (int i = 0; i < 1_000; i++) {
            plugin.log(REQUEST);
        }
        assertThat(budget.bytes()).isBetween(MAX_BYTES / 2 - 10_000L, MAX_BYTES / 2L);
    }

    @ParameterizedTest
    @CsvSource({"zipkin, http_endpoint, sample_ratio", "opentelemetry, traces_endpoint, sampling_rate"})
    void spansShareTheBudgetWithLogMessages(String name, String endpoint, String rate) {
        LogPhase log = plugin(dead);
        LogPhase tracing = plugin(name, Map.of(endpoint, url(dead), rate, 1));
        for (int i = 0; i < 1_000; i++) {
            log.log(REQUEST);
        }
        long messages = budget.bytes();
        for (int i = 0; i < 10_000; i++) {
            tracing.log(REQUEST);
        }
        assertThat(budget.bytes() - messages)
                .as("half of what the log messages leave")
                .isBetween(MAX_BYTES / 4 - 10_000L, MAX_BYTES / 4 + 10_000L);
    }

    @Test
    void theBudgetFitsIntoTheHeap() {
        assertThat(LogBudget.maxBytes(512L << 20)).isEqualTo(32L << 20);
    }
}
