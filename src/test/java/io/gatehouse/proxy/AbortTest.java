package io.gatehouse.proxy;

import static io.gatehouse.proxy.Http2Socket.DATA;
import static io.gatehouse.proxy.Http2Socket.END_STREAM;
import static io.gatehouse.proxy.Http2Socket.GOAWAY;
import static io.gatehouse.proxy.Http2Socket.HEADERS;
import static io.gatehouse.proxy.Http2Socket.RST_STREAM;
import static io.gatehouse.proxy.Http2Socket.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.netty.channel.ChannelOption;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One side aborts: the resources of the other side are released at once, and a truncated response never looks like a
 * whole one (docs/reference/proxy.md#responses).
 */
class AbortTest {
    /** More than the connections that the two event loops of the gateway have to an upstream. */
    private static final int MORE_THAN_THE_POOL = 1_100;

    private static final int AT_ONCE = 100;
    /** RFC 9113 §7. */
    private static final int INTERNAL_ERROR = 2;

    private static final int TIMEOUT_MILLIS = 10_000;

    private static Gatehouse gatehouse;
    private static Upstream upstream;
    private static NetServer breaking;
    private static volatile String brokenAnswer = "";
    private static volatile boolean resetting;

    private static final AtomicInteger ARRIVED = new AtomicInteger();
    private static final AtomicInteger RELEASED = new AtomicInteger();

    @BeforeAll
    static void start() {
        upstream = Upstream.start();
        gatehouse = Gatehouse.start();
        gatehouse.createApi("api", "/api", upstream.port());
        gatehouse.create(
                "/services", new JsonObject().put("name", "grpc").put("url", "grpc://127.0.0.1:" + upstream.port()));
        gatehouse.create(
                "/services/grpc/routes",
                new JsonObject()
                        .put("protocols", List.of("grpc"))
                        .put("paths", List.of("/grpc"))
                        .put("strip_path", false));
        breaking = Gatehouse.await(upstream.vertx()
                .createNetServer()
                .connectHandler(AbortTest::breakOff)
                .listen(0, "127.0.0.1"));
        gatehouse.createApi("breaking", "/breaking", breaking.actualPort());
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        upstream.close();
    }

    @AfterEach
    void behave() {
        upstream.behave(Upstream::echo);
    }

    /** Responds as configured, and ends the connection: with unread bytes, which resets it, or in order. */
    private static void breakOff(NetSocket socket) {
        Buffer request = Buffer.buffer();
        socket.handler(bytes -> {
            request.appendBuffer(bytes);
            if (request.toString(StandardCharsets.ISO_8859_1).contains("\r\n\r\n")) {
                socket.handler(null);
                socket.write(brokenAnswer).onComplete(written -> {
                    if (resetting) {
                        reset(socket);
                    } else {
                        socket.close();
                    }
                });
            }
        });
    }

    private static void reset(NetSocket socket) {
        ((NetSocketInternal) socket).channelHandlerContext().channel().config().setOption(ChannelOption.SO_LINGER, 0);
        socket.close();
    }

    /** When the client goes away. */
    private enum Moment {
        UPLOADING,
        WAITING,
        DOWNLOADING;

        void answer(HttpServerRequest request) {
            if (this == DOWNLOADING) {
                request.response().setChunked(true).write("the beginning");
            }
        }
    }

    /** How the client speaks, and so the upstream. */
    private enum Protocol {
        HTTP1("/api"),
        HTTP2("/api"),
        GRPC("/grpc");

        private final String path;

        Protocol(String path) {
            this.path = path;
        }

        AutoCloseable begin(Moment moment) throws IOException {
            return this == HTTP1 ? beginHttp1(moment) : beginHttp2(moment, 1);
        }

        private Socket beginHttp1(Moment moment) throws IOException {
            Socket socket = connect();
            String length = moment == Moment.UPLOADING ? "Content-Length: 100\r\n\r\nhalf" : "\r\n";
            write(socket, "POST " + path + " HTTP/1.1\r\nHost: a\r\n" + length);
            return socket;
        }

        private Http2Socket beginHttp2(Moment moment, int stream) throws IOException {
            Http2Socket socket = Http2Socket.open(gatehouse.node().port("proxy.http"));
            request(socket, moment, stream);
            return socket;
        }

        private void request(Http2Socket socket, Moment moment, int stream) {
            String type = this == GRPC ? "application/grpc" : "text/plain";
            socket.headers(
                    stream,
                    moment == Moment.UPLOADING ? 0 : END_STREAM,
                    ":method: POST",
                    ":scheme: http",
                    ":authority: a",
                    ":path: " + path,
                    "content-type: " + type);
            if (moment == Moment.UPLOADING) {
                socket.frame(DATA, 0, stream, "half".getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(socket.send()).isTrue();
        }
    }

    private static Socket connect() throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), gatehouse.node().port("proxy.http"));
        socket.setSoTimeout(TIMEOUT_MILLIS);
        return socket;
    }

    private static void write(Socket socket, String bytes) throws IOException {
        socket.getOutputStream().write(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void soon(Callable<Boolean> condition) {
        await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2)).until(condition);
    }

    private static void watch(Moment moment) {
        ARRIVED.set(0);
        RELEASED.set(0);
        upstream.behave(request -> {
            moment.answer(request);
            Set<Object> told = ConcurrentHashMap.newKeySet();
            Runnable released = () -> {
                if (told.add("once")) {
                    RELEASED.incrementAndGet();
                }
            };
            request.exceptionHandler(gone -> released.run());
            request.response().exceptionHandler(gone -> released.run());
            request.response().closeHandler(gone -> released.run());
            request.handler(bytes -> {});
            ARRIVED.incrementAndGet();
        });
    }

    private static void assertUsable(Protocol protocol) throws IOException {
        upstream.behave(request -> request.response().end("ok"));
        for (int i = 0; i < 5; i++) {
            if (protocol == Protocol.HTTP1) {
                gatehouse.get("/api").isStatus(200);
            } else {
                try (Http2Socket socket = protocol.beginHttp2(Moment.WAITING, 1)) {
                    assertThat(socket.status(socket.await(HEADERS))).isEqualTo(200);
                }
            }
        }
    }

    private static List<Arguments> aborts() {
        return Stream.of(Protocol.values())
                .flatMap(protocol -> Stream.of(Moment.values()).map(moment -> Arguments.of(protocol, moment)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("aborts")
    void aClientThatLeavesReleasesTheUpstreamHoweverOften(Protocol protocol, Moment moment) throws Exception {
        watch(moment);
        for (int done = 0; done < MORE_THAN_THE_POOL; done += AT_ONCE) {
            AutoCloseable[] clients = new AutoCloseable[AT_ONCE];
            for (int i = 0; i < AT_ONCE; i++) {
                clients[i] = protocol.begin(moment);
            }
            int expected = done + AT_ONCE;
            soon(() -> ARRIVED.get() == expected);
            for (AutoCloseable client : clients) {
                client.close();
            }
            soon(() -> RELEASED.get() == expected);
        }
        assertUsable(protocol);
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP2", "GRPC"})
    void aResetStreamReleasesTheUpstreamAndItsConnectionRemains(Protocol protocol) throws IOException {
        for (Moment moment : Moment.values()) {
            watch(moment);
            try (Http2Socket socket = protocol.beginHttp2(moment, 1)) {
                for (int i = 1; i < AT_ONCE; i++) {
                    protocol.request(socket, moment, 2 * i + 1);
                }
                soon(() -> ARRIVED.get() == AT_ONCE);
                for (int i = 0; i < AT_ONCE; i++) {
                    socket.frame(RST_STREAM, 0, 2 * i + 1, number(8));
                }
                socket.send();
                soon(() -> RELEASED.get() == AT_ONCE);
                upstream.behave(request -> request.response().end("ok"));
                protocol.request(socket, Moment.WAITING, 1_001);
                Http2Socket.Frame head = socket.await(HEADERS);
                while (head.stream() != 1_001) {
                    head = socket.await(HEADERS);
                }
            }
        }
        assertUsable(protocol);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\n0\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\nhalf of it",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf of it\r\nzz\r\n\r\n"
            })
    void aTruncatedResponseNeverLooksComplete(String answer) throws IOException {
        brokenAnswer = answer;
        for (boolean reset : new boolean[] {false, true}) {
            resetting = reset;
            try (Socket socket = connect()) {
                write(socket, "GET /breaking HTTP/1.1\r\nHost: a\r\n\r\n");
                String got = readToEnd(socket);
                // A reset may overtake what was sent before it: then nothing of the answer was known.
                if (!got.startsWith("HTTP/1.1 502")) {
                    assertThat(got)
                            .startsWith("HTTP/1.1 200")
                            .containsAnyOf("content-length: 100", "transfer-encoding: chunked")
                            .doesNotEndWith("0\r\n\r\n");
                }
            }
            try (Http2Socket socket = Http2Socket.open(gatehouse.node().port("proxy.http"))) {
                socket.headers(1, END_STREAM, ":method: GET", ":scheme: http", ":authority: a", ":path: /breaking")
                        .send();
                Http2Socket.Frame frame = socket.await(HEADERS);
                if (socket.status(frame) == 200) {
                    while (frame.type() != RST_STREAM) {
                        assertThat(frame.type()).isNotEqualTo(GOAWAY);
                        assertThat(frame.type() <= HEADERS && (frame.flags() & END_STREAM) != 0)
                                .isFalse();
                        frame = socket.read();
                    }
                    assertThat(frame.stream()).isEqualTo(1);
                    assertThat(frame.errorCode()).isEqualTo(INTERNAL_ERROR);
                }
            }
        }
    }

    /** As far as it came before the connection was closed or reset. */
    private static String readToEnd(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        byte[] chunk = new byte[8192];
        try {
            for (int n = socket.getInputStream().read(chunk);
                    n >= 0;
                    n = socket.getInputStream().read(chunk)) {
                all.write(chunk, 0, n);
            }
        } catch (SocketException reset) {
            // Which says as much.
        }
        return all.toString(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aGrpcServiceThatResetsItsStreamResetsTheClients() throws IOException {
        upstream.behave(request -> request.response()
                .setChunked(true)
                .write("half of it")
                .onComplete(written -> request.response().reset(2)));
        try (Http2Socket socket = Protocol.GRPC.beginHttp2(Moment.WAITING, 1)) {
            Http2Socket.Frame frame = socket.read();
            while (frame.type() != RST_STREAM) {
                assertThat(frame.stream() == 1 && (frame.flags() & END_STREAM) != 0)
                        .isFalse();
                frame = socket.read();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"HTTP1", "HTTP2"})
    void anEventReachesTheClientBeforeTheNextIsWritten(Protocol protocol) throws Exception {
        List<HttpServerRequest> streams = new CopyOnWriteArrayList<>();
        upstream.behave(request -> {
            request.response().putHeader("content-type", "text/event-stream").setChunked(true);
            request.response().exceptionHandler(gone -> {});
            streams.add(request);
            request.response().write("data: 0\n\n");
        });
        try (AutoCloseable client = protocol.begin(Moment.WAITING)) {
            for (int i = 0; i < 100; i++) {
                String event = "data: " + i + "\n\n";
                if (client instanceof Http2Socket socket) {
                    assertThat(socket.await(DATA).payload()).hasToString(event);
                } else {
                    readUntil((Socket) client, event);
                }
                HttpServerRequest stream = streams.get(0);
                String next = "data: " + (i + 1) + "\n\n";
                upstream.vertx().runOnContext(write -> stream.response().write(next));
            }
        }
    }

    private static void readUntil(Socket socket, String text) throws IOException {
        StringBuilder got = new StringBuilder();
        while (!got.toString().endsWith(text)) {
            int next = socket.getInputStream().read();
            assertThat(next).as(got.toString()).isNotNegative();
            got.append((char) next);
        }
    }
}
