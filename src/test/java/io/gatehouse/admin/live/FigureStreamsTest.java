package io.gatehouse.admin.live;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.admin.http.RawHttp;
import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.NodeFigures;
import io.gatehouse.bus.RecordCodec;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.LoneNode;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the event stream of figures (docs/reference/admin-api.md#figures). */
class FigureStreamsTest {
    private static final String PATH = "/gatehouse/figures";
    private static final AtomicLong COUNT = new AtomicLong();

    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.report(() -> figures(COUNT.addAndGet(100)));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** Figures with so many responses, half of them within 10 ms and half within 20 ms. */
    private static NodeFigures figures(long count) {
        return new NodeFigures(
                "host/proxy+admin",
                "0.0.0-test",
                7,
                0.25,
                3,
                1,
                Map.of("2xx", count),
                List.of(0.01, 0.02),
                List.of(count / 2, count / 2, 0L),
                Map.of("known", 2 * count));
    }

    /** Reads events of a stream from a socket. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final BufferedReader lines;
        private final List<String> head = new ArrayList<>();

        Client(int port, String... headers) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            String more = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
            String request = "GET " + PATH + " HTTP/1.1\r\nHost: localhost\r\n" + more + "\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String line = lines.readLine();
            while (line != null && !line.isEmpty()) {
                head.add(line);
                line = lines.readLine();
            }
        }

        /** Returns the next event. */
        JsonObject event() throws IOException {
            String line = lines.readLine();
            while (line != null && !line.startsWith("data: ")) {
                line = lines.readLine();
            }
            return new JsonObject(String.valueOf(line).substring("data: ".length()));
        }

        /** Reads until the last chunk of the response. */
        void readToEnd() throws IOException {
            String line = lines.readLine();
            while (line != null && !line.equals("0")) {
                line = lines.readLine();
            }
            assertThat(line).isEqualTo("0");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    /** Returns the port of a server that opens a stream for each request. */
    private static int port(Vertx vertx, FigureStreams streams) {
        return Gatehouse.await(vertx.createHttpServer()
                        .requestHandler(
                                request -> streams.open(request.response().setChunked(true)))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    private static JsonObject sample(JsonObject event) {
        return event.getJsonArray("samples").getJsonObject(0);
    }

    @Test
    void aStreamBeginsWithItsHistoryAndContinuesWithSamples() throws IOException {
        try (Client client = new Client(node.port())) {
            assertThat(client.head)
                    .contains(
                            "HTTP/1.1 200 OK",
                            "content-type: text/event-stream; charset=utf-8",
                            "Cache-Control: no-store");
            assertThat(client.event().getBoolean("history")).isTrue();

            JsonObject event = client.event();
            while (event.getJsonArray("samples").isEmpty()) {
                event = client.event();
            }
            assertThat(event.getBoolean("history")).isFalse();
            JsonObject sample = sample(event);
            assertThat(sample.getLong("time")).isPositive();
            double rate = sample.getJsonObject("responses").getDouble("2xx");
            // Over the time since the last sample, which is 10 s old at most.
            assertThat(rate).isBetween(5.0, 100.0);
            assertThat(sample.getJsonObject("lookups").getDouble("known")).isBetween(1.9 * rate, 2.1 * rate);
            assertThat(sample.getDouble("p50")).isEqualTo(0.01);
            assertThat(sample.getDouble("p99")).isBetween(0.019, 0.02);
            assertThat(event.getJsonArray("nodes").getJsonObject(0))
                    .isEqualTo(new JsonObject()
                            .put("id", AdminNode.NODE)
                            .put("late", false)
                            .put("name", "host/proxy+admin")
                            .put("version", "0.0.0-test")
                            .put("catalog_version", 7)
                            .put("database_age", 0.25)
                            .put("connections", 3)
                            .put("requests_in_flight", 1));

            try (Client second = new Client(node.port())) {
                JsonObject history = second.event();
                assertThat(history.getBoolean("history")).isTrue();
                assertThat(history.getJsonArray("samples")).contains(sample);
            }
        }
    }

    /** An operator opens the console when something has happened. */
    @Test
    void samplesAreTakenWhileThereIsNoStream() throws IOException {
        Vertx vertx = TestTransport.vertx();
        try {
            RecordCodec.register(vertx);
            AtomicLong reads = new AtomicLong();
            vertx.eventBus()
                    .consumer(Addresses.fetchFigures("n"), message -> message.reply(figures(reads.incrementAndGet())));
            FigureStreams streams = new FigureStreams(vertx, new LoneNode("n"), FigureStreams.LIFE, 1);
            streams.start();
            await().atMost(20, SECONDS).until(() -> reads.get() >= 3);
            try (Client client = new Client(port(vertx, streams))) {
                assertThat(client.event().getJsonArray("samples")).isNotEmpty();
            }
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void aNodeThatDoesNotReplyIsLate() throws IOException {
        try (AdminNode silent = new AdminNode();
                Client client = new Client(silent.port())) {
            JsonArray nodes = client.event().getJsonArray("nodes");
            while (nodes.isEmpty()) {
                nodes = client.event().getJsonArray("nodes");
            }
            assertThat(nodes.getJsonObject(0))
                    .isEqualTo(new JsonObject().put("id", AdminNode.NODE).put("late", true));
        }
    }

    @Test
    void aStreamNeedsTheToken() throws IOException {
        try (AdminNode guarded = new AdminNode(TestDatabase.create(), AdminNode.config("127.0.0.1", "s3cret"))) {
            assertThat(guarded.get(PATH).status()).isEqualTo(401);
            try (Client client = new Client(guarded.port(), "Authorization: Bearer s3cret")) {
                assertThat(client.head).contains("HTTP/1.1 200 OK");
            }
            assertThat(RawHttp.send(
                            guarded.port(),
                            "GET " + PATH + " HTTP/1.1",
                            "Host: evil.example",
                            "Authorization: Bearer s3cret"))
                    .startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void aHeadRequestOpensNoStream() {
        Reply head = node.send("HEAD", PATH);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.header("Content-Type")).isEqualTo("text/event-stream; charset=utf-8");
        assertThat(node.send("POST", PATH).status()).isEqualTo(405);
    }

    @Test
    void streamsAreBoundedAndAClosedOneMakesRoom() throws IOException {
        try (AdminNode full = new AdminNode()) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < FigureStreams.MAX_STREAMS; i++) {
                Client client = new Client(full.port());
                clients.add(client);
                client.event();
            }
            Reply refused = full.get(PATH);
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.text()).isEqualTo("{\"message\":\"too many event streams\"}");
            assertThat(refused.header("Retry-After")).isEqualTo("10");

            clients.get(0).close();
            await().atMost(10, SECONDS).until(() -> {
                try (Client next = new Client(full.port())) {
                    return next.head.contains("HTTP/1.1 200 OK");
                }
            });
            for (Client client : clients) {
                client.close();
            }
        }
    }

    @Test
    void aStreamEndsBeforeTheListenerWouldCloseIt() throws IOException {
        assertThat(FigureStreams.LIFE).isLessThan(Duration.ofSeconds(115));
        Vertx vertx = TestTransport.vertx();
        try {
            RecordCodec.register(vertx);
            FigureStreams streams = new FigureStreams(vertx, new LoneNode("n"), Duration.ofSeconds(2), 1);
            streams.start();
            try (Client client = new Client(port(vertx, streams))) {
                client.readToEnd();
            }
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void theStopOfTheListenerEndsStreams() throws IOException {
        AdminNode stopping = new AdminNode();
        try (Client client = new Client(stopping.port())) {
            client.event();
            long started = System.nanoTime();
            stopping.close();
            client.readToEnd();
            assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(8));
        }
    }
}
