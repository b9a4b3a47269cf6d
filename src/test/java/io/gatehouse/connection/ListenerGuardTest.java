package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListenerGuardTest {
    private static final int GENEROUS_MILLIS = 60_000;
    private static final Duration SHORT = Duration.ofMillis(600);
    private static final Duration LONG = Duration.ofHours(1);
    /** More than the sockets of a connection take. */
    private static final Buffer LARGE = Buffer.buffer(new byte[16 * 1024 * 1024]);

    private final Vertx vertx = Vertx.vertx();
    private final List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    private final AtomicInteger closed = new AtomicInteger();
    private int port;

    @AfterEach
    void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private void listen(int maxConnections, Duration limit) throws Exception {
        ListenerGuard guard = new ListenerGuard(vertx, maxConnections, limit);
        port = vertx.createHttpServer(ListenerGuard.options())
                .connectionHandler(connection -> {
                    connection.closeHandler(end -> closed.incrementAndGet());
                    guard.opened(connection);
                })
                .requestHandler(request -> {
                    guard.began(request);
                    if (request.path().equals("/held")) {
                        held.add(request);
                    } else if (request.path().equals("/large")) {
                        request.response().end(LARGE);
                    } else {
                        request.response().end();
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .actualPort();
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(GENEROUS_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
    }

    /** Sends a request and reads the head of its response. */
    private static void ask(Socket socket) throws IOException {
        write(socket, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = socket.getInputStream().read();
            assertThat(next).as("a response").isNotNegative();
            head.append((char) next);
        }
        assertThat(head).startsWith("HTTP/1.1 200");
    }

    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof SocketTimeoutException);
        }
    }

    @Test
    void aConnectionEndsWithoutARequestWithHalfAHeadAndAfterTheLastResponse() throws Exception {
        listen(10, SHORT);
        try (Socket silent = connect();
                Socket half = connect();
                Socket idle = connect()) {
            write(half, "GET / HTTP/1.1\r\nHost: a\r\nX-");
            ask(idle);
            assertThat(List.of(silent, half, idle)).allMatch(ListenerGuardTest::isEnded);
        }
    }

    @Test
    void aTricklingHeadOrBodyEndsItsConnectionToo() throws Exception {
        listen(10, SHORT);
        for (String beginning : List.of(
                "GET / HTTP/1.1\r\nHost: a\r\nX-A: ",
                "POST /held HTTP/1.1\r\nHost: a\r\nContent-Length: 999999\r\n\r\n")) {
            try (Socket trickling = connect()) {
                write(trickling, beginning);
                await().atMost(Duration.ofMinutes(1)).until(() -> {
                    try {
                        write(trickling, "a");
                        return false;
                    } catch (IOException closed) {
                        return true;
                    }
                });
            }
        }
    }

    @Test
    void ofTooManyConnectionsTheLongestIdleOneIsClosedAndARequestInFlightRemains() throws Exception {
        listen(3, LONG);
        try (Socket serving = connect();
                Socket first = connect();
                Socket second = connect()) {
            write(serving, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> held.size() == 1);
            ask(first);
            ask(second);
            try (Socket fourth = connect()) {
                ask(fourth);
                assertThat(isEnded(first)).isTrue();
                ask(second);
                held.get(0).response().end();
                assertThat(serving.getInputStream().read()).isEqualTo('H');
            }
        }
    }

    /** Asks for a response and reads its first byte alone. */
    private Socket connectAndRead() throws IOException {
        Socket socket = connect();
        socket.setReceiveBufferSize(64 * 1024);
        write(socket, "GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(socket.getInputStream().read()).isEqualTo('H');
        return socket;
    }

    @Test
    void evictedConnectionsWhoseClientsDoNotTakeTheirResponsesAreLimited() throws Exception {
        int most = 8;
        listen(most, LONG);
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                sockets.add(connectAndRead());
            }
            for (int i = 0; i < most; i++) {
                Socket idle = connect();
                sockets.add(idle);
                ask(idle);
            }
            // Three were evicted, and an eighth of the connections may be closing.
            await().atMost(Duration.ofMinutes(1)).until(() -> closed.get() == 2);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void aConnectionWhoseClientDoesNotTakeTheLastResponseEnds() throws Exception {
        listen(1, SHORT);
        try (Socket unread = connectAndRead()) {
            await().atMost(Duration.ofMinutes(1)).until(() -> closed.get() == 1);
            assertThat(unread.isClosed()).isFalse();
        }
    }

    /** Serves TLS, with a longer handshake than a test takes. */
    private final class TlsListener extends VerticleBase {
        @Override
        public Future<HttpServer> start() {
            ListenerGuard guard = new ListenerGuard(vertx, 3, LONG);
            Arrivals.passHttp1(guard);
            HttpServerOptions options = ListenerGuard.options()
                    .setSsl(true)
                    .setSslHandshakeTimeout(LONG.toSeconds())
                    .setKeyCertOptions(new PemKeyCertOptions()
                            .setCertPath("src/test/resources/tls/rsa.pem")
                            .setKeyPath("src/test/resources/tls/rsa.key"));
            return vertx.createHttpServer(options)
                    .connectionHandler(guard::opened)
                    .requestHandler(request -> {
                        guard.began(request);
                        request.response().end();
                    })
                    .listen(0, "127.0.0.1")
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    @Test
    void connectionsWithoutACompleteTlsHandshakeAreLimitedToo() throws Exception {
        Vertx node = TestTransport.vertx();
        try {
            Gatehouse.await(node.deployVerticle(new TlsListener()));
            try (Socket idle = connectTls()) {
                ask(idle);
                try (Socket first = connect();
                        Socket second = connect();
                        Socket third = connect()) {
                    assertThat(isEnded(first)).isTrue();
                    // A client that completes its handshake takes the place of one that does not.
                    try (Socket other = connectTls()) {
                        ask(other);
                        assertThat(isEnded(second)).isTrue();
                        ask(idle);
                    }
                    third.setSoTimeout(1);
                    assertThat(isEnded(third)).isFalse();
                }
            }
        } finally {
            Gatehouse.await(node.close());
        }
    }

    private Socket connectTls() throws IOException {
        return Http.trustingAll().getSocketFactory().createSocket(connect(), "localhost", port, true);
    }

    @Test
    void theOptionsLimitHeadsAndTlsHandshakes() {
        HttpServerOptions options = ListenerGuard.options();
        assertThat(options.getMaxInitialLineLength()).isEqualTo(32 * 1024);
        assertThat(options.getMaxHeaderSize()).isEqualTo(32 * 1024);
        assertThat(options.getSslHandshakeTimeoutUnit()).isEqualTo(TimeUnit.SECONDS);
        assertThat(options.getSslHandshakeTimeout()).isEqualTo(10);
    }

    @Test
    void whereEveryConnectionHasARequestInFlightANewOneIsClosed() throws Exception {
        listen(1, LONG);
        try (Socket serving = connect()) {
            write(serving, "GET /held HTTP/1.1\r\nHost: a\r\n\r\n");
            await().until(() -> held.size() == 1);
            try (Socket second = connect()) {
                assertThat(isEnded(second)).isTrue();
            }
            held.get(0).response().end();
            assertThat(serving.getInputStream().read()).isEqualTo('H');
        }
    }
}
