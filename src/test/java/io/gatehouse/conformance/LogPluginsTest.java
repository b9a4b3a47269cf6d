package io.gatehouse.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.plugin.Redaction;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.datagram.DatagramSocket;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests the plugins that log requests, and their queue, against Kong 3.10. */
class LogPluginsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static PluginApi api;
    private static HttpServer server;
    private static Path dataDir;
    private static final BlockingQueue<String> BODIES = new LinkedBlockingQueue<>();
    private static volatile Consumer<HttpServerRequest> behaviour = LogPluginsTest::accept;

    @BeforeAll
    static void start() {
        GatehouseConfig config = Gatehouse.config(TestDatabase.create(), List.of());
        dataDir = config.dataDir();
        api = new PluginApi(Gatehouse.start(config));
        server = Gatehouse.await(api.upstream
                .vertx()
                .createHttpServer()
                .requestHandler(request -> behaviour.accept(request))
                .listen(0, "127.0.0.1"));
    }

    @AfterAll
    static void stop() {
        api.close();
    }

    @AfterEach
    void clear() {
        behaviour = LogPluginsTest::accept;
        BODIES.clear();
    }

    private static void accept(HttpServerRequest request) {
        request.body().onSuccess(body -> {
            BODIES.add(body.toString());
            request.response().setStatusCode(200).end();
        });
    }

    private static String endpoint() {
        return "http://127.0.0.1:" + server.actualPort() + "/log";
    }

    private static JsonObject httpLog(JsonObject queue) {
        return new JsonObject().put("http_endpoint", endpoint()).put("queue", queue);
    }

    private static String next() {
        try {
            String body = BODIES.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(body).as("a log message").isNotNull();
            return body;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double metric(String name, String plugin) {
        String text = Http.send(Http.get(api.gatehouse.statusUrl("/metrics"))).text();
        return text.lines()
                .filter(line -> line.startsWith(name + "{") && line.contains("plugin=\"" + plugin + "\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    @Test
    void theMessageDescribesTheRequest() {
        String path = api.protectedBy("http-log", httpLog(new JsonObject()));
        Http.send(Http.json("POST", api.gatehouse.proxyUrl(path + "/a?x=1&y=2&y=3&z"), "{}"))
                .isStatus(200);

        JsonObject message = new JsonObject(next());

        JsonObject request = message.getJsonObject("request");
        assertThat(request.getString("method")).isEqualTo("POST");
        assertThat(request.getString("uri")).isEqualTo(path + "/a?x=1&y=2&y=3&z");
        assertThat(request.getString("url")).isEqualTo(api.gatehouse.proxyUrl(path + "/a?x=1&y=2&y=3&z"));
        assertThat(request.getJsonObject("querystring"))
                .isEqualTo(new JsonObject("{\"x\":\"1\",\"y\":[\"2\",\"3\"],\"z\":true}"));
        assertThat(request.getJsonObject("headers").getString("content-type")).isEqualTo("application/json");
        assertThat(request.getString("id")).hasSize(32);
        assertThat(request.getInteger("size")).isEqualTo(2);
        JsonObject response = message.getJsonObject("response");
        assertThat(response.getInteger("status")).isEqualTo(200);
        assertThat(response.getJsonObject("headers").getString("x-kong-request-id"))
                .isEqualTo(request.getString("id"));
        assertThat(response.getInteger("size")).isPositive();
        assertThat(message.getJsonObject("latencies").fieldNames())
                .containsExactlyInAnyOrder("request", "kong", "proxy", "receive");
        JsonObject attempt = message.getJsonArray("tries").getJsonObject(0);
        assertThat(attempt.getString("ip")).isEqualTo("127.0.0.1");
        assertThat(attempt.getInteger("port")).isEqualTo(api.upstream.port());
        assertThat(message.getString("upstream_uri")).isEqualTo("/a?x=1&y=2&y=3&z");
        assertThat(message.getString("upstream_status")).isEqualTo("200");
        assertThat(message.getString("source")).isEqualTo("upstream");
        assertThat(message.getString("client_ip")).isEqualTo("127.0.0.1");
        assertThat(message.getLong("started_at")).isGreaterThan(1_700_000_000_000L);
        assertThat(message.getJsonObject("route").getJsonArray("paths")).containsExactly(path);
        assertThat(message.getJsonObject("service").getString("name")).isEqualTo(path.substring(1));
    }

    @Test
    void credentialsAreRedactedOnEveryRoute() {
        api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("x-secret-key")));
        api.protectedBy("jwt", new JsonObject().put("cookie_names", List.of("token")));
        String path = api.protectedBy("http-log", httpLog(new JsonObject()));
        api.gatehouse
                .get(
                        path + "?x-secret-key=k1&x%2Dsecret-key=k2&a=b",
                        "Authorization",
                        "Bearer k3",
                        "X-Secret-Key",
                        "k4",
                        "Cookie",
                        "a=b; token=k5")
                .isStatus(200);
        String message = next();
        assertThat(message).doesNotContainPattern("k[1-5]\\b");
        JsonObject request = new JsonObject(message).getJsonObject("request");
        assertThat(request.getJsonObject("headers").getString("authorization")).isEqualTo("REDACTED");
        assertThat(request.getJsonObject("headers").getString("cookie")).isEqualTo("a=b; token=REDACTED");
        assertThat(request.getString("uri")).isEqualTo(path + "?x-secret-key=REDACTED&x%2Dsecret-key=REDACTED&a=b");
    }

    @Test
    void rejectedRequestsAreLoggedWithTheConsumer() {
        String path = api.protectedBy("key-auth", new JsonObject());
        api.add(path, "http-log", httpLog(new JsonObject()));
        api.gatehouse.get(path).isStatus(401);
        JsonObject rejected = new JsonObject(next());
        assertThat(rejected.getJsonObject("response").getInteger("status")).isEqualTo(401);
        assertThat(rejected.getString("source")).isEqualTo("kong");
        assertThat(rejected.getString("upstream_uri")).isEmpty();
        assertThat(rejected.containsKey("consumer")).isFalse();

        String consumer = api.consumer();
        api.getWithKey(path, api.key(consumer)).isStatus(200);
        assertThat(new JsonObject(next()).getJsonObject("consumer").getString("username"))
                .isEqualTo(consumer);
    }

    @Test
    void aGlobalPluginLogsRequestsWithoutARoute() {
        JsonObject plugin = api.gatehouse.create(
                "/plugins", new JsonObject().put("name", "http-log").put("config", httpLog(new JsonObject())));
        try {
            api.gatehouse.get("/no-such-route?x=1").isStatus(404);
            JsonObject message = new JsonObject(next());
            assertThat(message.getJsonObject("request").getString("uri")).isEqualTo("/no-such-route?x=1");
            assertThat(message.containsKey("route")).isFalse();
        } finally {
            api.gatehouse.admin("DELETE", "/plugins/" + plugin.getString("id")).isStatus(204);
        }
    }

    @Test
    void entriesAreSentInBatches() {
        String path = api.protectedBy(
                "http-log", httpLog(new JsonObject().put("max_batch_size", 3).put("max_coalescing_delay", 3_600)));
        for (int i = 0; i < 3; i++) {
            api.gatehouse.get(path).isStatus(200);
        }
        assertThat(new JsonArray(next())).hasSize(3);
        String waits = api.protectedBy(
                "http-log", httpLog(new JsonObject().put("max_batch_size", 100).put("max_coalescing_delay", 0.1)));
        api.gatehouse.get(waits).isStatus(200);
        assertThat(new JsonArray(next())).hasSize(1);
    }

    @Test
    void aFailedBatchIsSentAgain() {
        AtomicInteger attempts = new AtomicInteger();
        behaviour = request -> {
            if (attempts.incrementAndGet() < 3) {
                request.response().setStatusCode(503).end();
            } else {
                accept(request);
            }
        };
        String path = api.protectedBy("http-log", httpLog(new JsonObject()));
        api.gatehouse.get(path).isStatus(200);
        assertThat(new JsonObject(next()).getJsonObject("response").getInteger("status"))
                .isEqualTo(200);
        assertThat(attempts).hasValue(3);
    }

    @Test
    void aServerThatDoesNotRespondHoldsUpNoRequestAndEntriesAreCounted() {
        behaviour = request -> {};
        double before = metric("gatehouse_log_entries_dropped_total", "http-log");
        String path = api.protectedBy(
                "http-log", httpLog(new JsonObject().put("max_entries", 5)).put("timeout", 600_000));
        for (int i = 0; i < 30; i++) {
            api.gatehouse.get(path).isStatus(200);
        }
        // One of the five is being sent.
        await().atMost(LIMIT).until(() -> metric("gatehouse_log_entries_dropped_total", "http-log") - before == 25.0);
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
        await().atMost(LIMIT).until(() -> metric("gatehouse_log_entries_dropped_total", "http-log") - before == 1.0);
    }

    @Test
    void aFileReceivesOneLineForEachRequestIfItIsBelowADirectory(@TempDir Path outside) throws IOException {
        Path directory = dataDir.resolve("logs");
        Path file = directory.resolve("requests.log");
        String path = api.protectedBy("file-log", new JsonObject().put("path", file.toString()));
        api.gatehouse.get(path).isStatus(200);
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LIMIT)
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
            await().atMost(LIMIT).until(() -> !received.isEmpty());
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
        await().atMost(LIMIT).until(() -> metric("gatehouse_log_entries_dropped_total", "udp-log") - before >= 1);
        await().atMost(LIMIT).until(() -> !received.isEmpty());
        assertThat(received).hasSize(1);
        assertThat(received.remove()).contains(path + "/small");
        assertThat(metric("gatehouse_log_entries_dropped_total", "udp-log") - before)
                .isEqualTo(1);
    }

    @Test
    void aServerThatRespondsByteByByteDoesNotHoldTheQueue() {
        AtomicBoolean stopped = new AtomicBoolean();
        behaviour = request -> {
            request.response().setChunked(true);
            request.response().exceptionHandler(gone -> stopped.set(true));
            api.upstream.vertx().setPeriodic(20, timer -> {
                if (stopped.get()) {
                    api.upstream.vertx().cancelTimer(timer);
                } else {
                    request.response().write("x");
                }
            });
        };
        double before = metric("gatehouse_log_entries_dropped_total", "http-log");
        String path = api.protectedBy(
                "http-log", httpLog(new JsonObject().put("max_retry_time", 0)).put("timeout", 500));
        api.gatehouse.get(path).isStatus(200);
        await().atMost(LIMIT).until(() -> metric("gatehouse_log_entries_dropped_total", "http-log") - before == 1.0);
        await().atMost(LIMIT).untilTrue(stopped);
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
        await().atMost(LIMIT).until(() -> connections.get() > 1);
    }

    @Test
    void credentialsInUrlsAreRedactedInQueryAndFragment() {
        Redaction redaction = new Redaction(List.of("access_token"));
        assertThat(redaction.target("https://a.test/cb#state=1&access_token=s3&x=2"))
                .isEqualTo("https://a.test/cb#state=1&access_token=REDACTED&x=2");
        assertThat(redaction.target("/cb?a=b?c&access%5Ftoken=s3?more#access_token=s3"))
                .isEqualTo("/cb?a=b?c&access%5Ftoken=REDACTED#access_token=REDACTED");
        assertThat(redaction.target("/cb?")).isEqualTo("/cb?");
    }

    @Test
    void aRequestWhoseClientHasLeftIsLogged() throws IOException {
        String path = api.protectedBy("http-log", httpLog(new JsonObject()));
        int before = api.upstream.requests();
        api.upstream.behave(request -> {});
        try (Socket client = new Socket("localhost", api.gatehouse.node().port("proxy.http"))) {
            client.getOutputStream()
                    .write(("GET " + path + " HTTP/1.1\r\nHost: a.test\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            await().atMost(LIMIT).until(() -> api.upstream.requests() > before);
        } finally {
            api.upstream.behave(Upstream::echo);
        }
        JsonObject message = new JsonObject(next());
        assertThat(message.getJsonObject("response").getInteger("status")).isEqualTo(499);
        assertThat(message.getJsonObject("request").getString("url"))
                .startsWith("http://a.test")
                .endsWith(path);
    }

    @Test
    void aRequestInHttp2IsLoggedWithoutPseudoFields() {
        api.protectedBy("key-auth", new JsonObject().put("key_names", List.of("hidden-key")));
        String path = api.protectedBy("http-log", httpLog(new JsonObject()));
        HttpClient client = api.upstream
                .vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false));
        Gatehouse.await(client.request(
                        HttpMethod.GET, api.gatehouse.node().port("proxy.http"), "localhost", path + "?hidden-key=s3")
                .compose(request -> request.send().compose(HttpClientResponse::body)));
        String message = next();
        assertThat(message).doesNotContain("s3", "\":path\"", "\":authority\"");
        Gatehouse.await(client.close());
    }

    @Test
    void luaIsRefused() {
        api.gatehouse
                .admin(
                        "POST",
                        "/services" + api.open() + "/plugins",
                        new JsonObject()
                                .put("name", "http-log")
                                .put(
                                        "config",
                                        httpLog(new JsonObject())
                                                .put("custom_fields_by_lua", new JsonObject().put("a", "return 1"))))
                .isMessage(
                        400, "schema violation (config.custom_fields_by_lua: not supported: the gateway runs no Lua)");
    }
}
