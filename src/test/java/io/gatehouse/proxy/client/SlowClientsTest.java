package io.gatehouse.proxy.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that begin a request and do not continue, in order to hold resources ("Slowloris"): their connections are closed after the
 * limit of docs/reference/limits.md#clients-of-the-proxy, and those who wait for a reason are not.
 */
class SlowClientsTest {
    private static final int GIVE_UP_MILLIS = 10_000;
    private static final int TRICKLE_MILLIS = 20;
    private static final String GET = "GET /api HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final String HALF_POST = "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf";
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    private static final String SETTINGS = "\0\0\0\4\0\0\0\0\0";
    /** HEADERS of stream 1 that begin with {@code :method: GET} and are to be continued. */
    private static final String HALF_HEADERS = "\0\0\1\1\0\0\0\0\1\u0082";

    private static Upstream upstream;
    private static ImpatientProxy proxy;

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        proxy = new ImpatientProxy(upstream.port());
        // The first request of a process takes longer than others; it must not be taken for a slow one.
        await().ignoreExceptions().until(() -> get().join().status() == 200);
    }

    private static CompletableFuture<Reply> get() {
        return Http.sendAsync(Http.get("http://127.0.0.1:" + proxy.port() + "/api"));
    }

    @AfterAll
    static void stop() {
        proxy.close();
        upstream.close();
    }

    @AfterEach
    void behave() {
        upstream.behave(Upstream::echo);
    }

    private static Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        socket.setSoTimeout(GIVE_UP_MILLIS);
        return socket;
    }

    private static Socket connectSecurely() throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
        Socket socket = context.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), proxy.securePort());
        socket.setSoTimeout(GIVE_UP_MILLIS);
        return socket;
    }

    private static final class TrustAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    private static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Returns all bytes until the gateway closes the connection. */
    private static String readToEnd(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** Returns the bytes of a head, and of a body of that length. */
    private static String readAnswer(Socket socket) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (!bytes.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            bytes.write(socket.getInputStream().read());
        }
        String head = bytes.toString(StandardCharsets.ISO_8859_1);
        String length = head.replaceAll("(?is).*content-length: (\\d+).*", "$1");
        socket.getInputStream().readNBytes(Integer.parseInt(length));
        return head;
    }

    /** Returns when the limit of all earlier requests has passed. */
    private static void outlast() throws IOException {
        try (Socket other = connect()) {
            write(other, GET);
            readAnswer(other);
            readToEnd(other);
        }
    }

    @Test
    void aConnectionWithoutARequestIsClosedAtTheLimit() throws IOException {
        List<Socket> sockets = new ArrayList<>();
        try {
            for (String beginning :
                    List.of("", "P", "PRI * HTTP/2.0\r\n", "GET /api HTTP/1.1\r\nHost:", PREFACE, PREFACE + SETTINGS)) {
                Socket socket = connect();
                sockets.add(socket);
                write(socket, beginning);
            }
            for (Socket socket : sockets) {
                assertThat(readToEnd(socket)).doesNotContain("HTTP/1.1 200");
            }
        } finally {
            closeAll(sockets);
        }
    }

    @Test
    void anIdleHttp2ConnectionReceivesGoaway() throws IOException {
        try (Socket socket = connect()) {
            write(socket, PREFACE + SETTINGS + HALF_HEADERS);
            // GOAWAY, no stream, NO_ERROR
            assertThat(readToEnd(socket)).contains("\0\0\10\7\0\0\0\0\0" + "\0\0\0\0" + "\0\0\0\0");
        }
    }

    @Test
    void aTrickleOfBytesDoesNotExtendTheLimit() throws IOException {
        for (String beginning : List.of("GET /api HTTP/1.1\r\nX: ", PREFACE + "\0\0\100\4")) {
            try (Socket socket = connect()) {
                write(socket, beginning);
                assertThat(trickle(socket)).isBetween(3, GIVE_UP_MILLIS / TRICKLE_MILLIS);
            }
        }
    }

    /** Sends a byte at a time until the gateway closes the connection. Returns their number. */
    private static int trickle(Socket socket) throws IOException {
        socket.setSoTimeout(TRICKLE_MILLIS);
        for (int bytes = 0; ; bytes++) {
            try {
                write(socket, "x");
                if (socket.getInputStream().read() < 0) {
                    return bytes;
                }
            } catch (SocketTimeoutException e) {
                assertThat(bytes).isLessThan(GIVE_UP_MILLIS / TRICKLE_MILLIS);
            } catch (SocketException e) {
                return bytes;
            }
        }
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    @Test
    void anIncompleteHeadIsAnsweredWith408() throws Exception {
        try (Socket used = connect();
                Socket secure = connectSecurely()) {
            write(used, GET);
            readAnswer(used);
            for (Socket socket : List.of(used, secure)) {
                write(socket, "GET /api HTTP/1.1\r\nHo");
            }
            for (Socket socket : List.of(used, secure)) {
                assertThat(readToEnd(socket))
                        .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                        .containsIgnoringCase("connection: close")
                        .contains("Server: gatehouse/test")
                        .contains("{\"message\":\"Request timeout\",\"request_id\":\"");
            }
        }
    }

    @Test
    void anIdleConnectionIsClosedWithoutAResponse() throws IOException {
        try (Socket socket = connect()) {
            write(socket, "POST /api HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
            assertThat(readToEnd(socket)).isEmpty();
        }
    }

    @Test
    void anIncompleteBodyIsAnsweredWith408AndTheUpstreamIsReleased() throws IOException {
        Promise<Void> released = Promise.promise();
        upstream.behave(request -> {
            request.exceptionHandler(broken -> {});
            request.connection().closeHandler(released::tryComplete);
        });
        try (Socket socket = connect()) {
            write(socket, HALF_POST);
            assertThat(readToEnd(socket))
                    .startsWith("HTTP/1.1 408 Request Timeout\r\n")
                    .contains("{\"message\":\"Request timeout\",\"request_id\":\"");
            Gatehouse.await(released.future());
        }
    }

    @Test
    void anIncompleteBodyThatAPluginWaitsForIsAnsweredWith408() throws IOException {
        int before = upstream.requests();
        try (Socket socket = connect()) {
            write(socket, HALF_POST.replace("/api", "/read"));
            assertThat(readToEnd(socket)).startsWith("HTTP/1.1 408 Request Timeout\r\n");
        }
        var http2 = Vertx.vertx();
        try {
            HttpClient client = http2.createHttpClient(new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
            HttpClientRequest request = Gatehouse.await(client.request(new RequestOptions()
                    .setMethod(HttpMethod.POST)
                    .setPort(proxy.port())
                    .setURI("/read")));
            request.setChunked(true).write("half");
            assertThat(Gatehouse.await(request.response()).statusCode()).isEqualTo(408);
            Gatehouse.await(client.close());
        } finally {
            Gatehouse.await(http2.close());
        }
        assertThat(upstream.requests()).isEqualTo(before);
        await().until(() -> proxy.counters().requestsInFlight() == 0);
    }

    @Test
    void aClientThatWaitsForItsResponseIsNotIdle() throws IOException {
        Promise<HttpServerRequest> waiting = Promise.promise();
        upstream.behave(request -> {
            if (request.path().equals("/slow")) {
                waiting.complete(request);
            } else {
                request.response().end("ok");
            }
        });
        try (Socket socket = connect()) {
            write(socket, "POST /api/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
            HttpServerRequest arrived = Gatehouse.await(waiting.future());
            outlast();
            arrived.response().end("late");
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void anUploadThatTheUpstreamDoesNotReadDoesNotCountAgainstTheClient() throws Exception {
        Promise<HttpServerRequest> waiting = Promise.promise();
        upstream.behave(request -> {
            if (request.path().equals("/upload")) {
                request.pause();
                waiting.complete(request);
            } else {
                request.response().end("ok");
            }
        });
        byte[] block = new byte[1024 * 1024];
        int blocks = 64;
        AtomicBoolean sent = new AtomicBoolean();
        try (Socket socket = connect()) {
            write(
                    socket,
                    "POST /api/upload HTTP/1.1\r\nHost: a\r\nContent-Length: " + (long) blocks * block.length
                            + "\r\n\r\n");
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < blocks; i++) {
                        socket.getOutputStream().write(block);
                    }
                    sent.set(true);
                } catch (IOException e) {
                    // The assertion below says so.
                }
            });
            sender.start();
            HttpServerRequest arrived = Gatehouse.await(waiting.future());
            outlast();
            outlast();
            arrived.handler(data -> {});
            arrived.endHandler(end -> arrived.response().end("read"));
            arrived.resume();
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
            sender.join();
        }
        assertThat(sent).isTrue();
    }

    @Test
    void anIdleWebSocketStaysOpen() throws IOException {
        upstream.behave(request -> {
            if (request.path().equals("/ws")) {
                request.toWebSocket().onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage));
            } else {
                request.response().end("ok");
            }
        });
        Promise<String> echoed = Promise.promise();
        long before = proxy.counters().connectionsActive();
        WebSocket socket = Gatehouse.await(upstream.webSockets()
                .connect(new WebSocketConnectOptions()
                        .setHost("127.0.0.1")
                        .setPort(proxy.port())
                        .setURI("/api/ws")));
        socket.textMessageHandler(echoed::tryComplete);
        outlast();
        outlast();
        Gatehouse.await(socket.writeTextMessage("still there"));
        assertThat(Gatehouse.await(echoed.future())).isEqualTo("still there");
        Gatehouse.await(socket.close());
        await().until(() -> proxy.counters().connectionsActive() <= before
                && proxy.counters().requestsInFlight() == 0);
    }

    @Test
    void otherClientsAreServedBesideAThousandSlowOnes() throws IOException {
        long before = proxy.counters().connectionsActive();
        List<Socket> slow = new ArrayList<>();
        try {
            for (int i = 0; i < 1_000; i++) {
                Socket socket = connect();
                slow.add(socket);
                write(socket, i % 2 == 0 ? "GET /api HTTP/1.1\r\nHo" : HALF_POST.replace("/api", "/read"));
                if (i % 100 == 99) {
                    get().join().isStatus(200);
                }
            }
            for (Socket socket : slow) {
                readToEnd(socket);
            }
        } finally {
            closeAll(slow);
        }
        await().until(() -> proxy.counters().connectionsActive() <= before + 1);
        assertThat(proxy.counters().requestsInFlight()).isZero();
    }

    /** Every 20 ms it sends the bytes of 250 ms at the minimum rate, for longer than a client may send nothing. */
    @Test
    void aBodyThatArrivesSlowlyButSteadilyIsServed() throws IOException {
        Buffer collected = Buffer.buffer();
        AtomicBoolean ended = new AtomicBoolean();
        upstream.behave(request -> {
            if (request.path().equals("/steady")) {
                request.handler(collected::appendBuffer).endHandler(end -> {
                    ended.set(true);
                    request.response().end("all");
                });
            } else {
                request.response().end("ok");
            }
        });
        try (Socket socket = connect();
                Socket clock = connect()) {
            write(socket, "POST /api/steady HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
            write(clock, GET);
            readAnswer(clock);
            clock.setSoTimeout(TRICKLE_MILLIS);
            for (boolean over = false; !over; ) {
                write(socket, "4000\r\n" + "x".repeat(0x4000) + "\r\n");
                try {
                    over = clock.getInputStream().read() < 0;
                } catch (SocketTimeoutException e) {
                    assertThat(ended).isFalse();
                }
            }
            write(socket, "0\r\n\r\n");
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
        }
        assertThat(collected.length()).isGreaterThan(3 * 0x4000);
    }
}
