package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests responses that clients do not read (docs/reference/limits.md). */
class UnreadDownloadsTest {
    private static final String REQUEST = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n";

    private static final int BODY_BYTES = 60_000;
    /** Beyond what the buffers of the sockets take. */
    private static final int REQUESTS = 200;

    /** A whole response arrives from the upstream with one read. */
    private static final int SMALL_BODY_BYTES = 4 * 1024;
    /** Beyond what the buffers of the sockets take, too, and less than the gateway lets wait. */
    private static final int SMALL_REQUESTS = 2_000;

    /** Fewer than the buffers of the sockets take. */
    private static final int BUFFERED_RESPONSES = 100;

    private static final int ATTEMPTS = 5;

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

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        Gatehouse.await(vertx.close());
    }

    @Test
    void responsesThatHaveEnded_areDroppedBeyondTheLimitOfAllTogether() throws Exception {
        int upstream = upstream(BODY_BYTES);
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream, UNSENT_BYTES);
                Socket client = connect(proxy)) {
            send(client, REQUEST.repeat(REQUESTS));

            await().atMost(Duration.ofSeconds(30)).until(() -> isReset(client));
            assertThat(proxy.counters().requestsInFlight()).isZero();
        }
    }

    @Test
    void aConnectionIsReset_whenTheClientDoesNotTakeTheEndOfItsResponses() throws Exception {
        int upstream = upstream(SMALL_BODY_BYTES);
        try (ImpatientProxy proxy = new ImpatientProxy(upstream);
                Socket client = connect(proxy)) {
            send(client, REQUEST.repeat(SMALL_REQUESTS));

            await().atMost(Duration.ofSeconds(30)).until(() -> isReset(client));
            assertThat(proxy.counters().requestsInFlight()).isZero();
        }
    }

    /** Each attempt fills the buffers, unless the machine stops for a second before. A request that is late then gets its 408. */
    @Test
    void noOtherResponseIsInsideOfOne_whenARequestBehindItWaits() throws Exception {
        int upstream = upstream(SMALL_BODY_BYTES);
        String received = "";
        for (int attempt = 0; attempt < ATTEMPTS && responses(received) < BUFFERED_RESPONSES; attempt++) {
            received = readBehindAWaitingRequest(upstream);
        }

        assertThat(responses(received)).isGreaterThanOrEqualTo(BUFFERED_RESPONSES);
        assertThat(received.contains(" 408 ")).isFalse();
    }

    private static String readBehindAWaitingRequest(int upstream) throws Exception {
        try (ImpatientProxy proxy = new ImpatientProxy(upstream);
                Socket client = connect(proxy)) {
            int sent = 0;
            do {
                send(client, REQUEST);
                sent++;
            } while (isHandled(proxy, sent));

            return readToEnd(client);
        }
    }

    private static int responses(String received) {
        return received.split("HTTP/1.1 200 ", -1).length - 1;
    }

    @Test
    void requestsBehindUnreadResponses_areServed_whenTheClientReadsInTheEnd() throws Exception {
        int upstream = upstream(SMALL_BODY_BYTES);
        try (ImpatientProxy proxy = ImpatientProxy.withSlowReaders(upstream);
                Socket client = connect(proxy)) {
            int sent = 0;
            do {
                send(client, REQUEST);
                sent++;
            } while (isHandled(proxy, sent));

            assertThat(responses(readToEnd(client))).isEqualTo(sent);
        }
    }

    /** Returns false if the last of so many requests waits for longer than a head may take. */
    private static boolean isHandled(ImpatientProxy proxy, int requests) {
        long deadline = System.nanoTime() + 2 * ImpatientProxy.LIMIT.toNanos();
        while (proxy.counters().totalRequests() < requests || proxy.counters().requestsInFlight() > 0) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.onSpinWait();
        }
        return true;
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
        int upstream = upstream(LARGE_BODY_BYTES);
        List<Socket> clients = new ArrayList<>();
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream, UNSENT_BYTES)) {
            for (int i = 0; i < HANDSHAKES; i++) {
                Socket client = connect(proxy);
                clients.add(client);
                send(client, RawHandshake.request("/api"));
            }

            await().atMost(Duration.ofSeconds(30)).until(() -> clients.stream().anyMatch(UnreadDownloadsTest::isReset));
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    @Test
    void windowsOfUnreadGrpcResponses_countTowardsTheLimitOfAllTogether() throws Exception {
        int upstream = upstream(response -> write(response.putHeader("content-type", "application/grpc"), MESSAGES));
        try (ImpatientProxy proxy = ImpatientProxy.withUnsent(upstream, UNSENT_BYTES);
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
        }
    }

    /** Starts an upstream whose responses have so many bytes. Returns its port. */
    private int upstream(int bodyBytes) {
        return upstream(response -> response.end(Buffer.buffer(new byte[bodyBytes])));
    }

    private int upstream(Handler<HttpServerResponse> handler) {
        return Gatehouse.await(vertx.createHttpServer()
                        .requestHandler(request -> handler.handle(request.response()))
                        .listen(0, "127.0.0.1"))
                .actualPort();
    }

    /** Connects a client whose socket takes little. */
    private static Socket connect(ImpatientProxy proxy) throws IOException {
        Socket client = new Socket();
        client.setReceiveBufferSize(4 * 1024);
        client.setSoTimeout(20_000);
        client.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
        return client;
    }

    private static void send(Socket client, String bytes) throws IOException {
        client.getOutputStream().write(bytes.getBytes(StandardCharsets.US_ASCII));
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
