package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.client.ImpatientProxy;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests requests whose upstream closes the connection before any of the request has been sent
 * (docs/reference/proxy.md#the-upstream-request).
 */
class UnusedConnectionTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String BODY = "body";
    private static final String CHUNKED_BODY = "4\r\nbody\r\n0\r\n\r\n";
    private static final int PING_BYTES = 8;
    private static final AtomicInteger APIS = new AtomicInteger();

    private static Gatehouse gatehouse;

    /** The connections of the requests so far. */
    private final BlockingQueue<Socket> used = new LinkedBlockingQueue<>();

    private final BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
    private RawUpstream upstream;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
    }

    @BeforeEach
    void listen() {
        upstream = new RawUpstream();
        upstream.behave((head, socket) -> {
            used.add(socket);
            if (!head.startsWith("GET ")) {
                boolean chunked = RawUpstream.header(head, "transfer-encoding").equals("chunked");
                bodies.add(RawUpstream.read(socket, (chunked ? CHUNKED_BODY : BODY).length()));
            }
            RawUpstream.write(socket, OK);
        });
    }

    @AfterEach
    void close() {
        upstream.close();
    }

    /** Creates a Service whose only target becomes unhealthy with the first failure. Returns the path of its Route. */
    private String createApi(int retries) {
        String name = "api" + APIS.incrementAndGet();
        JsonObject passive = new JsonObject().put("unhealthy", new JsonObject().put("tcp_failures", 1));
        gatehouse.create(
                "/upstreams",
                new JsonObject()
                        .put("name", name + ".upstream")
                        .put("healthchecks", new JsonObject().put("passive", passive)));
        gatehouse.create(
                "/upstreams/" + name + ".upstream/targets",
                new JsonObject().put("target", "127.0.0.1:" + upstream.port()));
        gatehouse.create(
                "/services",
                new JsonObject()
                        .put("name", name)
                        .put("url", "http://" + name + ".upstream")
                        .put("retries", retries));
        gatehouse.create("/services/" + name + "/routes", new JsonObject().put("paths", List.of("/" + name)));
        return "/" + name;
    }

    /** Connects, and leaves an idle connection to the upstream on the event loop of this client. */
    private Http2Socket connect(String path) throws IOException {
        Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"));
        assertThat(get(client, 1, path)).isEqualTo(200);
        client.await(Http2Socket.DATA);
        return client;
    }

    private static int get(Http2Socket client, int stream, String path) throws IOException {
        client.headers(
                        stream,
                        Http2Socket.END_STREAM,
                        ":method: GET",
                        ":scheme: http",
                        ":authority: a",
                        ":path: " + path)
                .send();
        return client.status(client.await(Http2Socket.HEADERS));
    }

    /** Begins a POST on stream 3. Returns when the gateway has handled its head, and the given frames. */
    private static void post(Http2Socket client, String path, String field, String data) throws IOException {
        client.headers(3, 0, ":method: POST", ":scheme: http", ":authority: a", ":path: " + path, field);
        if (!data.isEmpty()) {
            client.frame(Http2Socket.DATA, 0, 3, data.getBytes(StandardCharsets.US_ASCII));
        }
        client.frame(Http2Socket.PING, 0, 0, new byte[PING_BYTES]).send();
        client.await(Http2Socket.PING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"content-length: 4", "x-length: none"})
    void postOverHttp2_isRetried_whenItsBodyHasNotBegun(String field) throws Exception {
        String path = createApi(5);
        try (Http2Socket client = connect(path)) {
            post(client, path, field, "");
            used.take().close();
            // The retry has another connection, and waits for the body.
            await().until(() -> upstream.connections() == 2);
            client.frame(Http2Socket.DATA, Http2Socket.END_STREAM, 3, BODY.getBytes(StandardCharsets.US_ASCII))
                    .send();

            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
            assertThat(bodies.take()).isIn(BODY, CHUNKED_BODY);
            client.await(Http2Socket.DATA);
            assertThat(get(client, 5, path)).isEqualTo(200);
        }
    }

    /** Either nothing of the body has come, or all of it without the end, which a longer body would make malformed. */
    @ParameterizedTest
    @CsvSource({"0,''", "5,body"})
    void endOfAnUnusedConnection_isNoFailureOfTheTarget_whenItIsNotRetried(int retries, String data) throws Exception {
        String path = createApi(retries);
        try (Http2Socket client = connect(path)) {
            post(client, path, "content-length: 4", data);
            used.take().close();

            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(502);
            client.await(Http2Socket.DATA);
            assertThat(get(client, 5, path)).isEqualTo(200);
        }
    }

    @Test
    void resetOfAConnectionThatHasBeenUsed_isAFailureOfTheTarget() throws Exception {
        String path = createApi(0);
        try (Http2Socket client = connect(path)) {
            upstream.behave((head, socket) -> socket.close());
            assertThat(get(client, 3, path)).isEqualTo(502);
            client.await(Http2Socket.DATA);
            assertThat(get(client, 5, path)).isEqualTo(503);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST,Content-Length: 4",
        "PATCH,Transfer-Encoding: chunked",
        "PUT,Content-Length: 4",
        "PUT,Transfer-Encoding: chunked"
    })
    void requestOverHttp1_isRetried_whenItsBodyHasNotBegun(String method, String field) throws Exception {
        String body = field.startsWith("Content-Length") ? BODY : CHUNKED_BODY;
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.port(), Long.MAX_VALUE);
                Socket client = RawHandshake.connect(proxy.port())) {
            get(proxy);
            RawUpstream.write(client, method + " /api HTTP/1.1\r\nHost: a\r\n" + field + "\r\n\r\n");
            // The request has the idle connection once another one needs its own.
            await().until(() -> {
                get(proxy);
                return upstream.connections() == 2;
            });
            Socket lent = used.take();
            used.removeIf(socket -> socket == lent);
            for (Socket idle : used) {
                idle.close();
            }
            lent.close();
            await().until(() -> upstream.connections() == 3);
            RawUpstream.write(client, body);

            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 200 ");
            assertThat(bodies.take()).isEqualTo(body);
        }
    }

    private static void get(ImpatientProxy proxy) {
        Http.send(Http.get("http://127.0.0.1:" + proxy.port() + "/api")).isStatus(200);
    }
}
