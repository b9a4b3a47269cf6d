package io.gatehouse.proxy.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.proxy.stream.TcpUpstream;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests that a body is sent whole or not at all when its request is retried (docs/reference/proxy.md#the-upstream-request). */
class RetriedBodyTest {
    private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    private static final String BODY = "body";
    private static final int PING_BYTES = 8;

    private static Gatehouse gatehouse;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "DELETE", "GET"})
    void unannouncedBody_arrivesWhole_whenItBeginsBetweenTwoAttempts(String method) throws IOException {
        Promise<Void> closing = Promise.promise();
        Promise<Void> accepting = Promise.promise();
        AtomicInteger connections = new AtomicInteger();
        AtomicReference<String> received = new AtomicReference<>("");
        TcpUpstream.Service service = connection -> {
            if (connections.incrementAndGet() == 1) {
                RawUpstream.head(connection);
                RawUpstream.write(connection, OK);
                Gatehouse.await(closing.future());
            } else {
                // The TLS handshake waits, and so does the gateway's attempt to connect.
                Gatehouse.await(accepting.future());
                received.set(readChunked(connection));
                RawUpstream.write(connection, OK);
            }
        };
        try (TcpUpstream upstream = TcpUpstream.startTls("upstream", service);
                Http2Socket client = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
            String path = createApi(method.toLowerCase(Locale.ROOT), upstream.port());
            begin(client, 1, Http2Socket.END_STREAM, "GET", path);
            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
            client.await(Http2Socket.DATA);

            begin(client, 3, 0, method, path);
            ping(client);
            closing.complete();
            await().until(() -> upstream.accepted() == 2);
            client.frame(Http2Socket.DATA, 0, 3, bytes("first,"));
            ping(client);
            accepting.complete();
            client.frame(Http2Socket.DATA, Http2Socket.END_STREAM, 3, bytes("second"))
                    .send();

            assertThat(client.status(client.await(Http2Socket.HEADERS))).isEqualTo(200);
            assertThat(received.get())
                    .startsWith(method + " ")
                    .endsWith("\r\n\r\n6\r\nfirst,\r\n6\r\nsecond\r\n0\r\n\r\n");
        }
    }

    @Test
    void expectedBody_isAskedForOnce_whenTheUpstreamClosesBehindItsContinue() throws IOException {
        try (RawUpstream upstream = new RawUpstream();
                Socket client = RawHandshake.connect(gatehouse.node().port("proxy.http"))) {
            gatehouse.createApi("expected", "/expected", upstream.port());
            upstream.behave((head, socket) -> {
                if (upstream.heads().size() == 1) {
                    RawUpstream.write(socket, "HTTP/1.1 100 Continue\r\n\r\n");
                    socket.close();
                } else {
                    RawUpstream.read(socket, BODY.length());
                    RawUpstream.write(socket, OK);
                }
            });
            RawUpstream.write(
                    client, "PUT /expected HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 100 ");
            await().until(() -> upstream.connections() == 2);
            RawUpstream.write(client, BODY);

            assertThat(RawUpstream.head(client)).startsWith("HTTP/1.1 200 ");
            assertThat(upstream.heads().get(1)).doesNotContainIgnoringCase("expect:");
        }
    }

    /** Creates a Service at the upstream, and returns the path of its Route. */
    private static String createApi(String name, int upstreamPort) {
        gatehouse.create(
                "/services", new JsonObject().put("name", name).put("url", "https://127.0.0.1:" + upstreamPort));
        gatehouse.create("/services/" + name + "/routes", new JsonObject().put("paths", List.of("/" + name)));
        return "/" + name;
    }

    private static void begin(Http2Socket client, int stream, int flags, String method, String path) {
        client.headers(stream, flags, ":method: " + method, ":scheme: http", ":authority: a", ":path: " + path)
                .send();
    }

    /** Sends what has been added. Returns when the gateway has handled it. */
    private static void ping(Http2Socket client) throws IOException {
        client.frame(Http2Socket.PING, 0, 0, new byte[PING_BYTES]).send();
        client.await(Http2Socket.PING);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads a request up to the end of its chunked body, or of the connection. */
    private static String readChunked(Socket connection) throws IOException {
        StringBuilder request = new StringBuilder();
        int next = 0;
        while (next >= 0 && request.lastIndexOf("\r\n0\r\n\r\n") < 0) {
            next = connection.getInputStream().read();
            if (next >= 0) {
                request.append((char) next);
            }
        }
        return request.toString();
    }
}
