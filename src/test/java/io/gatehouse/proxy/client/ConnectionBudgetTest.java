package io.gatehouse.proxy.client;

import static io.gatehouse.proxy.client.ImpatientApi.GET;
import static io.gatehouse.proxy.client.ImpatientApi.readAnswer;
import static io.gatehouse.proxy.client.ImpatientApi.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.gatehouse.proxy.Http2Socket;
import io.gatehouse.proxy.RawHandshake;
import io.gatehouse.proxy.RawUpstream;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ConnectionBudgetTest {
    private static final int BOUND = 16;
    /** Those that may wait for their first request without being closed before an idle one. */
    private static final int STARTING = BOUND / 8;

    private static final int GENEROUS_MILLIS = 60_000;
    private static final String HELD = GET.replace("/api", "/api/held");

    private final Upstream upstream = Upstream.start();
    private final List<HttpServerRequest> held = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    ConnectionBudgetTest() {
        upstream.behave(request -> {
            if (request.path().endsWith("/held")) {
                held.add(request);
            } else {
                request.response().end("ok");
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        upstream.close();
    }

    private ImpatientProxy proxy(int bytesOfEach) {
        return ImpatientProxy.withBudget(upstream.port(), (long) BOUND * bytesOfEach);
    }

    private Socket connect(int port) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(GENEROUS_MILLIS);
        sockets.add(socket);
        return socket;
    }

    /** Returns a connection that the proxy has accepted and that has no request in flight. */
    private Socket idle(ImpatientProxy proxy) throws IOException {
        Socket socket = connect(proxy.port());
        ask(socket);
        return socket;
    }

    private static void ask(Socket socket) throws IOException {
        write(socket, GET);
        assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
    }

    private static boolean isEnded(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return !(e instanceof SocketTimeoutException);
        }
    }

    private List<Socket> holdAll(ImpatientProxy proxy) throws IOException {
        List<Socket> serving = new ArrayList<>();
        for (int i = 1; i <= BOUND; i++) {
            Socket socket = connect(proxy.port());
            write(socket, HELD);
            serving.add(socket);
            int expected = i;
            await().until(() -> held.size() == expected);
        }
        return serving;
    }

    private void release(List<Socket> serving) throws IOException {
        held.forEach(request -> request.response().end("ok"));
        for (Socket socket : serving) {
            assertThat(readAnswer(socket)).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aRequestIsServed_whileMoreSilentConnectionsThanTheBoundAreOpen() throws Exception {
        try (ImpatientProxy proxy = proxy(ConnectionBudget.CLEAR_BYTES)) {
            Socket first = connect(proxy.port());
            for (int i = 0; i < 3 * BOUND; i++) {
                connect(proxy.port());
            }
            ask(connect(proxy.port()));
            assertThat(isEnded(first)).isTrue();
        }
    }

    @Test
    void aRequestIsServedWithTls_whileMoreHandshakesThanTheBoundHaveBegun() throws Exception {
        try (ImpatientProxy proxy = proxy(ConnectionBudget.TLS_BYTES)) {
            Socket first = connect(proxy.securePort());
            for (int i = 0; i < 3 * BOUND; i++) {
                // The header of a handshake record.
                write(connect(proxy.securePort()), "\u0016\3\1\2\0");
            }
            Http.send(Http.get("https://127.0.0.1:" + proxy.securePort() + "/api"))
                    .isStatus(200);
            assertThat(isEnded(first)).isTrue();
        }
    }

    @Test
    void ofTooManyConnections_theLongestIdleOneIsClosed() throws Exception {
        try (ImpatientProxy proxy = proxy(ConnectionBudget.CLEAR_BYTES)) {
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < BOUND; i++) {
                idle.add(idle(proxy));
            }
            ask(idle.get(0));
            Socket another = idle(proxy);
            assertThat(isEnded(idle.get(1))).isTrue();
            for (Socket open : idle.subList(2, BOUND)) {
                ask(open);
            }
            ask(idle.get(0));
            ask(another);
        }
    }

    @Test
    void aFewNewConnectionsAreKept_whenTheOthersAreIdle() throws Exception {
        try (ImpatientProxy proxy = proxy(ConnectionBudget.CLEAR_BYTES)) {
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < BOUND; i++) {
                idle.add(idle(proxy));
            }
            List<Socket> silent = new ArrayList<>();
            for (int i = 0; i < 2 * BOUND; i++) {
                silent.add(connect(proxy.port()));
            }
            // One that is refused or served last, so that the others have been accepted.
            ask(connect(proxy.port()));
            List<Socket> closed = idle.subList(0, STARTING + 1);
            assertThat(closed).allMatch(ConnectionBudgetTest::isEnded);
            for (Socket open : idle.subList(closed.size(), BOUND)) {
                ask(open);
            }
            assertThat(isEnded(silent.get(0))).isTrue();
            ask(silent.get(silent.size() - 1));
        }
    }

    @Test
    void aNewConnectionIsRefused_whenEachHasARequestInFlight() throws Exception {
        try (ImpatientProxy proxy = proxy(ConnectionBudget.CLEAR_BYTES)) {
            List<Socket> serving = holdAll(proxy);
            for (int i = 0; i < BOUND; i++) {
                assertThat(isEnded(connect(proxy.port()))).isTrue();
            }
            release(serving);
            ask(connect(proxy.port()));
        }
    }

    @Test
    void anIdleHttp2ConnectionReceivesGoaway_andOneWithAStreamStaysOpen() throws Exception {
        try (ImpatientProxy proxy = proxy(ConnectionBudget.CLEAR_BYTES);
                Http2Socket serving = Http2Socket.open(proxy.port());
                Http2Socket idle = Http2Socket.open(proxy.port())) {
            request(serving, "/api/held").send();
            await().until(() -> held.size() == 1);
            request(idle, "/api").send();
            idle.await(Http2Socket.DATA);
            for (int i = 0; i < 2 * BOUND; i++) {
                idle(proxy);
            }
            assertThat(idle.await(Http2Socket.GOAWAY).errorCode()).isZero();
            held.get(0).response().end("ok");
            assertThat(serving.await(Http2Socket.DATA).payload().toString()).isEqualTo("ok");
        }
    }

    private static Http2Socket request(Http2Socket socket, String path) {
        return socket.headers(
                1, Http2Socket.END_STREAM, ":method: GET", ":scheme: http", ":path: " + path, ":authority: a");
    }

    @Test
    void aWebSocketIsNotIdle() throws Exception {
        try (RawUpstream agreeing = new RawUpstream();
                ImpatientProxy proxy =
                        ImpatientProxy.withBudget(agreeing.port(), (long) BOUND * ConnectionBudget.CLEAR_BYTES);
                Socket client = RawHandshake.open(proxy.port(), "/api")) {
            Socket tunnel = agreeing.tunnel();
            Socket first = connect(proxy.port());
            for (int i = 0; i < 3 * BOUND; i++) {
                connect(proxy.port());
            }
            assertThat(isEnded(first)).isTrue();
            write(client, "there");
            assertThat(RawUpstream.read(tunnel, 5)).isEqualTo("there");
        }
    }

    @Test
    void manyClosedConnectionsAreOneLogLine_andClosedOnesLeaveTheBudget() throws Exception {
        Logger log = (Logger) LoggerFactory.getLogger(ConnectionBudget.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        log.addAppender(lines);
        try (ImpatientProxy proxy = proxy(ConnectionBudget.CLEAR_BYTES)) {
            for (int i = 0; i < 3 * BOUND; i++) {
                Socket socket = idle(proxy);
                socket.close();
                await().until(() -> proxy.counters().connectionsActive() == 0);
            }
            assertThat(lines.list).isEmpty();
            for (int i = 0; i < 3 * BOUND; i++) {
                idle(proxy);
            }
            assertThat(lines.list).hasSizeLessThan(BOUND).first().asString().contains("closed: connections=1 limit=");
        } finally {
            log.detachAppender(lines);
        }
    }
}
