package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the queues and the transports of the plugins that log requests against Kong 3.10. */
class LogDeliveryTest {
    private static PluginApi api;
    private static LogServer server;
    private static Path dataDir;

    @BeforeAll
    static void start() {
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of());
        dataDir = config.dataDir();
        api = new PluginApi(Gatehouse.start(config));
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

    private static double metric(String name, String plugin) {
        String text = Http.send(Http.get(api.gatehouse.statusUrl("/metrics"))).text();
        return text.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("plugin=\"" + plugin + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
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
        double before = metric("gatehouse_log_entries_dropped_total", "http-log");
        String path = api.protectedBy(
                "http-log",
                server.httpLog(new JsonObject().put("max_entries", 5)).put("timeout", 600_000));
        for (int i = 0; i < 30; i++) {
            api.gatehouse.get(path).isStatus(200);
        }
        // One of the five is being sent.
        await().atMost(LogServer.LIMIT)
                .until(() -> metric("gatehouse_log_entries_dropped_total", "http-log") - before == 25.0);
    }

    @Test
    void anUndeliverableBatchIsDroppedAfterTheRetryTime() {
        double before = metric("gatehouse_log_entries_dropped_total", "http-log");
        String path = api.protectedBy(
                "http-log",
                new JsonObject()
                        .put("http_endpoint", "http://127.0.0.1:1/")
                        .put("queue", new JsonObject().put("max_retry_time", 0.05)));
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LogServer.LIMIT)
                .until(() -> metric("gatehouse_log_entries_dropped_total", "http-log") - before == 1.0);
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
        double before = metric("gatehouse_log_entries_dropped_total", "http-log");
        String path = api.protectedBy(
                "http-log",
                server.httpLog(new JsonObject().put("max_retry_time", 0)).put("timeout", 500));
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LogServer.LIMIT)
                .until(() -> metric("gatehouse_log_entries_dropped_total", "http-log") - before == 1.0);
        await().atMost(LogServer.LIMIT).untilTrue(stopped);
    }

    @Test
    void theConnectionOfAServerThatDoesNotReadIsClosed() {
        AtomicInteger connections = new AtomicInteger();
        NetServer tcp = Gatehouse.await(api.upstream
                .vertx()
                .createNetServer(new NetServerOptions().setReceiveBufferSize(4_096))
                .connectHandler(socket -> {
                    connections.incrementAndGet();
                    socket.pause();
                })
                .listen(0, "127.0.0.1"));
        String path = api.protectedBy(
                "tcp-log",
                new JsonObject()
                        .put("host", "127.0.0.1")
                        .put("port", tcp.actualPort())
                        .put("timeout", 500)
                        .put("keepalive", 600_000));
        // More than the buffers of a connection take. The upstream accepts no head of this size; its response does not
        // matter.
        for (int i = 0; i < 200; i++) {
            api.gatehouse.get(path, "X-Large", "\"".repeat(28_000));
        }
        await().atMost(LogServer.LIMIT).until(() -> connections.get() > 1);
    }

    @Test
    void aFileReceivesOneLineForEachRequestIfItIsBelowADirectory(@TempDir Path outside) throws IOException {
        Path directory = dataDir.resolve("logs");
        Path file = directory.resolve("requests.log");
        String path = api.protectedBy("file-log", new JsonObject().put("path", file.toString()));
        api.gatehouse.get(path).isStatus(200);
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LogServer.LIMIT)
                .until(() -> Files.exists(file) && Files.readAllLines(file).size() == 2);
        assertThat(new JsonObject(Files.readAllLines(file).get(0))
                        .getJsonObject("request")
                        .getString("uri"))
                .isEqualTo(path);

        Files.createSymbolicLink(directory.resolve("link"), outside);
        Files.createSymbolicLink(directory.resolve("link.log"), outside.resolve("target.log"));
        for (Path escape : List.of(
                outside.resolve("x.log"),
                dataDir.resolve("x.log"),
                directory.resolve("link/x.log"),
                directory.resolve("link.log"))) {
            String refused = api.protectedBy("file-log", new JsonObject().put("path", escape.toString()));
            api.gatehouse.get(refused).isStatus(200);
        }
        assertThat(outside).isEmptyDirectory();
    }

    @Test
    void aPathIsAbsoluteAndDoesNotClimb() {
        for (String path : List.of("relative.log", "/tmp/../etc/x", "/tmp/*", "/tmp/`x`", "/tmp/a&b")) {
            api.gatehouse
                    .admin(
                            "POST",
                            "/services" + api.open() + "/plugins",
                            new JsonObject().put("name", "file-log").put("config", new JsonObject().put("path", path)))
                    .isMessage(400, "schema violation (config.path: not a valid filename)");
        }
    }

    @Test
    void tcpAndUdpServersReceiveTheMessage() {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        NetServer tcp = Gatehouse.await(api.upstream
                .vertx()
                .createNetServer()
                .connectHandler(socket -> socket.handler(data -> received.add(data.toString())))
                .listen(0, "127.0.0.1"));
        DatagramSocket udp = api.upstream.vertx().createDatagramSocket();
        Gatehouse.await(udp.listen(0, "127.0.0.1"));
        udp.handler(packet -> received.add(packet.data().toString()));
        for (String plugin : List.of("tcp-log", "udp-log", "loggly")) {
            int port = plugin.equals("tcp-log")
                    ? tcp.actualPort()
                    : udp.localAddress().port();
            JsonObject config = new JsonObject().put("host", "127.0.0.1").put("port", port);
            String path = api.protectedBy(plugin, plugin.equals("loggly") ? config.put("key", "K") : config);
            api.gatehouse.get(path).isStatus(200);
            await().atMost(LogServer.LIMIT).until(() -> !received.isEmpty());
            String message = received.remove();
            if (plugin.equals("loggly")) {
                assertThat(message).startsWith("<14>1 ").contains(" [K@41058 tag=\"kong\"] {");
            }
            Buffer json = Buffer.buffer(message.substring(message.indexOf('{')));
            assertThat(new JsonObject(json).getJsonObject("request").getString("uri"))
                    .isEqualTo(path);
        }
    }

    @Test
    void aMessageThatIsLargerThanADatagramDelaysAndRepeatsNoOther() {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        DatagramSocket udp = api.upstream.vertx().createDatagramSocket();
        Gatehouse.await(udp.listen(0, "127.0.0.1"));
        udp.handler(packet -> received.add(packet.data().toString()));
        double before = metric("gatehouse_log_entries_dropped_total", "udp-log");
        String path = api.protectedBy(
                "udp-log",
                new JsonObject()
                        .put("host", "127.0.0.1")
                        .put("port", udp.localAddress().port()));
        // The upstream accepts no head of this size. Its response does not matter.
        api.gatehouse.get(path + "?q=" + "x".repeat(3_000), "X-Large", "\"".repeat(28_000));
        api.gatehouse.get(path + "/small").isStatus(200);
        await().atMost(LogServer.LIMIT)
                .until(() -> metric("gatehouse_log_entries_dropped_total", "udp-log") - before >= 1);
        await().atMost(LogServer.LIMIT).until(() -> !received.isEmpty());
        assertThat(received).hasSize(1);
        assertThat(received.remove()).contains(path + "/small");
        assertThat(metric("gatehouse_log_entries_dropped_total", "udp-log") - before)
                .isEqualTo(1);
    }
}
