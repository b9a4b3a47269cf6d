package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Tests responses that clients do not read (docs/reference/limits.md). */
class UnreadDownloadsTest {
    private static final int BODY_BYTES = 60_000;
    /** Beyond what the buffers of the sockets take. */
    private static final int REQUESTS = 200;

    /** A whole response arrives from the upstream with one read. */
    private static final int SMALL_BODY_BYTES = 4 * 1024;
    /** Beyond what the buffers of the sockets take, too, and less than the gateway lets wait. */
    private static final int SMALL_REQUESTS = 2_000;

    /** Beyond what the buffers of the sockets take. */
    private static final int LARGE_BODY_BYTES = 16 * 1024 * 1024;
    /** Each leaves 64 KiB in the gateway. */
    private static final int HANDSHAKES = 12;

    private static final int UNSENT_BYTES = 256 * 1024;

    /** Small messages that fill the write queue of a response. */
    private static final int MESSAGES = 100;

    private static final int MESSAGE_BYTES = 64;
    /** As many as have windows of 64 KiB beyond the limit. */
    private static final int CALLS = 5;

    /** RFC 9113 §7. */
    private static final int ENHANCE_YOUR_CALM = 11;

    @Test
    void responsesThatHaveEnded_areDroppedBeyondTheLimitOfAllTogether() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[BODY_BYTES])))
                .listen(0, "127.0.0.1"));
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.actualPort(), UNSENT_BYTES);
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4 * 1024);
            client.setSoTimeout(20_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
            byte[] requests =
                    "GET /api HTTP/1.1\r\nHost: a\r\n\r\n".repeat(REQUESTS).getBytes(StandardCharsets.US_ASCII);

            client.getOutputStream().write(requests);

            await().atMost(Duration.ofSeconds(30)).until(() -> isReset(client));
            assertThat(proxy.counters().requestsInFlight()).isZero();
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void aConnectionIsReset_whenTheClientDoesNotTakeTheEndOfItsResponses() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[SMALL_BODY_BYTES])))
                .listen(0, "127.0.0.1"));
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.actualPort());
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4 * 1024);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
            byte[] requests = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n"
                    .repeat(SMALL_REQUESTS)
                    .getBytes(StandardCharsets.US_ASCII);

            client.getOutputStream().write(requests);

            await().atMost(Duration.ofSeconds(30)).until(() -> isReset(client));
            assertThat(proxy.counters().requestsInFlight()).isZero();
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void noOtherResponseIsInsideOfOne_whenAHeadBehindItIsIncomplete() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[SMALL_BODY_BYTES])))
                .listen(0, "127.0.0.1"));
        try (ImpatientProxy proxy = new ImpatientProxy(upstream.actualPort());
                Socket client = new Socket()) {
            client.setReceiveBufferSize(4 * 1024);
            client.setSoTimeout(20_000);
            client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
            byte[] requests = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n"
                    .repeat(SMALL_REQUESTS)
                    .getBytes(StandardCharsets.US_ASCII);

            client.getOutputStream().write(requests);
            LockSupport.parkNanos(ImpatientProxy.LIMIT.toNanos() / 2);
            client.getOutputStream().write("GET /api HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
            // The limit for the head passes.
            LockSupport.parkNanos(2 * ImpatientProxy.LIMIT.toNanos());

            assertThat(readToEnd(client).contains(" 408 ")).isFalse();
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    private static String readToEnd(Socket client) {
        ByteArrayOutputStream read = new ByteArrayOutputStream();
        byte[] piece = new byte[64 * 1024];
        try {
            for (int length = 0; length >= 0; length = client.getInputStream().read(piece)) {
                read.write(piece, 0, length);
            }
        } catch (IOException reset) {
            // The end, too.
        }
        return read.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void bodiesOfRefusedHandshakes_countTowardsTheLimitOfAllTogether() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(request -> request.response().end(Buffer.buffer(new byte[LARGE_BODY_BYTES])))
                .listen(0, "127.0.0.1"));
        List<Socket> clients = new ArrayList<>();
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.actualPort(), UNSENT_BYTES)) {
            for (int i = 0; i < HANDSHAKES; i++) {
                Socket client = new Socket();
                clients.add(client);
                client.setReceiveBufferSize(4 * 1024);
                client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
                client.getOutputStream().write(RawHandshake.request("/api").getBytes(StandardCharsets.US_ASCII));
            }

            await().atMost(Duration.ofSeconds(30)).until(() -> clients.stream().anyMatch(UnreadDownloadsTest::isReset));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void windowsOfUnreadGrpcResponses_countTowardsTheLimitOfAllTogether() throws Exception {
        Vertx vertx = Vertx.vertx();
        HttpServer upstream = Gatehouse.await(vertx.createHttpServer()
                .requestHandler(
                        request -> write(request.response().putHeader("content-type", "application/grpc"), MESSAGES))
                .listen(0, "127.0.0.1"));
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream.actualPort(), UNSENT_BYTES);
                Http2Socket client = Http2Socket.open(proxy.port())) {
            // SETTINGS_INITIAL_WINDOW_SIZE is 0 (RFC 9113 §6.5.2).
            client.frame(Http2Socket.SETTINGS, 0, 0, 0, 4, 0, 0, 0, 0);
            for (int i = 0; i < CALLS; i++) {
                client.headers(
                        2 * i + 1,
                        Http2Socket.END_STREAM,
                        ":method: POST",
                        ":scheme: http",
                        ":authority: a",
                        ":path: /grpc.Greeter/Greet",
                        "content-type: application/grpc",
                        "te: trailers");
            }
            client.send();

            assertThat(client.await(Http2Socket.RST_STREAM).errorCode()).isEqualTo(ENHANCE_YOUR_CALM);
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    /** Writes each message once the one before has left the upstream. */
    private static void write(HttpServerResponse response, int messages) {
        response.write(Buffer.buffer(new byte[MESSAGE_BYTES])).onSuccess(done -> {
            if (messages > 1) {
                write(response, messages - 1);
            }
        });
    }

    /** The write of a byte fails once the reset has arrived. */
    private static boolean isReset(Socket client) {
        try {
            client.getOutputStream().write('G');
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
