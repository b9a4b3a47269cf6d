package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.conformance.PluginApi;
import io.gatehouse.testing.Scrape;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the queues and the retries of the plugins that log requests against Kong 3.10. */
class LogDeliveryTest {
    private static PluginApi api;
    private static LogServer server;

    @BeforeAll
    static void start() {
        api = new PluginApi();
        server = new LogServer(api.upstream.vertx());
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void clear() {
        server.clear();
    }

    private static double dropped() {
        return Scrape.of(api.gatehouse).sum("gatehouse_log_entries_dropped_total", "plugin", "http-log");
    }

    @Test
    void entriesAreSentInBatches() {
        String path = api.protectedBy(
                "http-log",
                server.httpLog(new JsonObject().put("max_batch_size", 3).put("max_coalescing_delay", 3_600)));
        for (int i = 0; i < 3; i++) {
            api.gatehouse.get(path).isStatus(200);
        }
        assertThat(new JsonArray(server.next())).hasSize(3);
        String waits = api.protectedBy(
                "http-log",
                server.httpLog(new JsonObject().put("max_batch_size", 100).put("max_coalescing_delay", 0.1)));
        api.gatehouse.get(waits).isStatus(200);
        assertThat(new JsonArray(server.next())).hasSize(1);
    }

    /** Kong has replaced them by the queue, which they still precede unless they have their old defaults. */
    @Test
    void theFieldsBeforeTheQueueDetermineItsBatches() {
        JsonObject queue = new JsonObject().put("max_batch_size", 2).put("max_coalescing_delay", 3_600);
        String sized = api.protectedBy("http-log", server.httpLog(queue).put("queue_size", 3));
        for (int i = 0; i < 3; i++) {
            api.gatehouse.get(sized).isStatus(200);
        }
        assertThat(new JsonArray(server.next())).hasSize(3);

        String delayed = api.protectedBy("http-log", server.httpLog(queue).put("flush_timeout", 0.1));
        api.gatehouse.get(delayed).isStatus(200);
        assertThat(new JsonArray(server.next())).hasSize(1);

        String usual = api.protectedBy(
                "http-log", server.httpLog(queue).put("queue_size", 1).put("flush_timeout", 2));
        api.gatehouse.get(usual).isStatus(200);
        api.gatehouse.get(usual).isStatus(200);
        assertThat(new JsonArray(server.next())).hasSize(2);

        api.assertRefused(
                "http-log",
                server.httpLog(queue).put("queue_size", 0),
                "config.queue_size: value should be between 1 and 1000000");
    }

    @Test
    void headersThatThePluginSetsAreRefusedWithKongsTexts() {
        JsonObject config = server.httpLog(new JsonObject());
        api.assertRefused(
                "http-log",
                config.copy().put("headers", new JsonObject().put("coNTEnt-Length", "1")),
                "config.headers: cannot contain 'Content-Length' header");
        api.assertRefused(
                "http-log",
                config.copy()
                        .put("http_endpoint", "http://hi:there@127.0.0.1/log")
                        .put("headers", new JsonObject().put("AuthoRIZATion", "bad")),
                "config: specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed");
        api.assertRefused(
                "http-log",
                config.copy()
                        .put("http_endpoint", "http://hi:there@log_server/log")
                        .put("headers", new JsonObject().put("Authorization", "bad")),
                "config: specifying both an 'Authorization' header and user info in 'http_endpoint' is not allowed");
    }

    @Test
    void aFailedBatchIsSentAgain() {
        AtomicInteger attempts = new AtomicInteger();
        server.behave(request -> {
            if (attempts.incrementAndGet() < 3) {
                request.response().setStatusCode(503).end();
            } else {
                server.accept(request);
            }
        });
        String path = api.protectedBy("http-log", server.httpLog(new JsonObject()));
        api.gatehouse.get(path).isStatus(200);
        assertThat(new JsonObject(server.next()).getJsonObject("response").getInteger("status"))
                .isEqualTo(200);
        assertThat(attempts).hasValue(3);
    }

    @Test
    void aServerThatDoesNotRespondHoldsUpNoRequestAndEntriesAreCounted() {
        server.behave(request -> {});
        double before = dropped();
        String path = api.protectedBy(
                "http-log",
                server.httpLog(new JsonObject().put("max_entries", 5)).put("timeout", 600_000));
        for (int i = 0; i < 30; i++) {
            api.gatehouse.get(path).isStatus(200);
        }
        // One of the five is being sent.
        await().atMost(LogServer.LIMIT).until(() -> dropped() - before == 25.0);
    }

    @Test
    void anUndeliverableBatchIsDroppedAfterTheRetryTime() {
        double before = dropped();
        String path = api.protectedBy(
                "http-log",
                new JsonObject()
                        .put("http_endpoint", "http://127.0.0.1:1/")
                        .put("queue", new JsonObject().put("max_retry_time", 0.05)));
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LogServer.LIMIT).until(() -> dropped() - before == 1.0);
    }

    @Test
    void aServerThatRespondsByteByByteDoesNotHoldTheQueue() {
        AtomicBoolean stopped = new AtomicBoolean();
        server.behave(request -> {
            request.response().setChunked(true);
            request.response().exceptionHandler(gone -> stopped.set(true));
            api.upstream.vertx().setPeriodic(20, timer -> {
                if (stopped.get()) {
                    api.upstream.vertx().cancelTimer(timer);
                } else {
                    request.response().write("x");
                }
            });
        });
        double before = dropped();
        String path = api.protectedBy(
                "http-log",
                server.httpLog(new JsonObject().put("max_retry_time", 0)).put("timeout", 500));
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LogServer.LIMIT).until(() -> dropped() - before == 1.0);
        await().atMost(LogServer.LIMIT).untilTrue(stopped);
    }
}
