package io.gatehouse.conformance.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.conformance.PluginApi;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Scrape;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the plugins that log requests to files and to TCP and UDP servers against Kong 3.10. */
class LogTransportsTest {
    private static PluginApi api;
    private static Path dataDir;

    @BeforeAll
    static void start() {
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of());
        dataDir = config.dataDir();
        api = new PluginApi(Gatehouse.start(config));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    private static double droppedDatagrams() {
        return Scrape.of(api.gatehouse).sum("gatehouse_log_entries_dropped_total", "plugin", "udp-log");
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
            if (plugin.equals("tcp-log")) {
                assertThat(message).endsWith("}\n");
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
        double before = droppedDatagrams();
        String path = api.protectedBy(
                "udp-log",
                new JsonObject()
                        .put("host", "127.0.0.1")
                        .put("port", udp.localAddress().port()));
        // The upstream accepts no head of this size. Its response does not matter.
        api.gatehouse.get(path + "?q=" + "x".repeat(3_000), "X-Large", "\"".repeat(28_000));
        api.gatehouse.get(path + "/small").isStatus(200);
        await().atMost(LogServer.LIMIT).until(() -> droppedDatagrams() - before >= 1);
        await().atMost(LogServer.LIMIT).until(() -> !received.isEmpty());
        assertThat(received).hasSize(1);
        assertThat(received.remove()).contains(path + "/small");
        assertThat(droppedDatagrams() - before).isEqualTo(1);
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
}
