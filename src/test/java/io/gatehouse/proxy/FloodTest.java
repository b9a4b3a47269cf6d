package io.gatehouse.proxy;

import static io.gatehouse.proxy.FloodUpstream.ascii;
import static io.gatehouse.proxy.FloodUpstream.endless;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.SmallNode;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One side sends as fast as it can and the other does not read, for each protocol and in each direction: a node with a heap
 * of 128 MB lives, does not grow, and serves others meanwhile. Each case takes a minute; {@code -Dflood.seconds=10} makes it
 * shorter.
 */
@Tag("flood")
@Execution(ExecutionMode.CONCURRENT)
class FloodTest {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("flood.seconds", 60));
    private static final int HEAP_MIB = 128;
    private static final int GROWTH_MIB = 100;
    private static final Duration P99 = Duration.ofSeconds(1);
    private static final int WARM_CALLS = 200;
    private static final int CONNECTIONS = 16;
    private static final int MANY_CONNECTIONS = 200;

    private static final String HANDSHAKE =
            "GET /flood HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    private static final String H2C = "POST /flood HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\n"
            + "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n";
    private static final String LENGTH = "Content-Length: 99999999999\r\n\r\n";
    private static final String CHUNKED = "Transfer-Encoding: chunked\r\n\r\n";

    /** What the clients do, and what the upstream does. */
    enum Case {
        HTTP_1_UPLOAD("http", http1("POST /flood HTTP/1.1\r\nHost: a\r\n" + LENGTH), FloodUpstream::ignore),
        HTTP_1_CHUNKED_UPLOAD("http", chunked("POST /flood HTTP/1.1\r\nHost: a\r\n" + CHUNKED), FloodUpstream::ignore),
        HTTP_1_DOWNLOAD("http", unread("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n"), FloodUpstream::flood),
        HTTP_2_UPLOAD("http", Http2Floods.upload("text/plain"), FloodUpstream::ignore),
        HTTP_2_UPLOAD_BEYOND_ITS_WINDOWS("http", Http2Floods::beyondItsWindows, FloodUpstream::ignore),
        HTTP_2_UPLOAD_OF_MANY_CONNECTIONS("http", Http2Floods.upload("text/plain"), FloodUpstream::ignore),
        HTTP_2_DOWNLOAD("http", Http2Floods.unread("text/plain"), FloodUpstream::flood),
        GRPC_UPLOAD("grpc", Http2Floods.upload("application/grpc"), FloodUpstream::openWindowsAndIgnore),
        GRPC_DOWNLOAD("grpc", Http2Floods.unread("application/grpc"), null),
        WEBSOCKET_UPLOAD("http", afterThe101(), FloodUpstream::acceptAndIgnore),
        WEBSOCKET_DOWNLOAD("http", unread(HANDSHAKE + "\r\n"), FloodUpstream::acceptAndFlood),
        BODY_BEFORE_THE_101("http", http1(HANDSHAKE + LENGTH), FloodUpstream::ignore),
        CHUNKED_BODY_BEFORE_THE_101("http", chunked(HANDSHAKE + CHUNKED), FloodUpstream::ignore),
        FRAMES_BEFORE_THE_101("http", http1(HANDSHAKE + "\r\n"), FloodUpstream::ignore),
        H2C_UPGRADE_WITH_A_BODY("http", http1(H2C + LENGTH), FloodUpstream::ignore),
        H2C_UPGRADE_WITH_A_CHUNKED_BODY("http", chunked(H2C + CHUNKED), FloodUpstream::ignore);

        private final String protocol;
        private final FloodClients.Flood client;
        /** Null: one that goes by flow control. */
        private final FloodUpstream.@Nullable Behaviour upstream;

        Case(String protocol, FloodClients.Flood client, FloodUpstream.@Nullable Behaviour upstream) {
            this.protocol = protocol;
            this.client = client;
            this.upstream = upstream;
        }

        private int connections() {
            return this == HTTP_2_UPLOAD_OF_MANY_CONNECTIONS ? MANY_CONNECTIONS : CONNECTIONS;
        }
    }

    private static FloodClients.Flood http1(String head) {
        return connection -> {
            connection.getOutputStream().write(ascii(head));
            endless(connection.getOutputStream(), new byte[64 * 1024]);
        };
    }

    private static FloodClients.Flood chunked(String head) {
        byte[] chunk = new byte[7 + 64 * 1024 + 2];
        System.arraycopy(ascii("10000\r\n"), 0, chunk, 0, 7);
        System.arraycopy(ascii("\r\n"), 0, chunk, chunk.length - 2, 2);
        return connection -> {
            connection.getOutputStream().write(ascii(head));
            endless(connection.getOutputStream(), chunk);
        };
    }

    private static FloodClients.Flood unread(String head) {
        return connection -> connection.getOutputStream().write(ascii(head));
    }

    private static FloodClients.Flood afterThe101() {
        return connection -> {
            OutputStream out = connection.getOutputStream();
            out.write(ascii(HANDSHAKE + "\r\n"));
            if (!FloodUpstream.head(connection.getInputStream()).startsWith("HTTP/1.1 101 ")) {
                throw new IOException("refused");
            }
            endless(out, FloodUpstream.frame(true));
        };
    }

    /** The upstream of gRPC's download: it goes by flow control, as a gRPC server does. */
    private static void streamWithoutEnd(HttpServerRequest request) {
        HttpServerResponse response = request.response().putHeader("content-type", "application/grpc");
        Buffer block = Buffer.buffer(new byte[64 * 1024]);
        request.response().exceptionHandler(closed -> {}).drainHandler(drained -> write(response, block));
        write(response, block);
    }

    private static void write(HttpServerResponse response, Buffer block) {
        while (!response.closed() && !response.writeQueueFull()) {
            response.write(block);
        }
    }

    @ParameterizedTest
    @EnumSource(Case.class)
    void aFloodNeitherEndsANodeNorKeepsItFromServing(Case flood) throws IOException {
        try (Upstream calm = Upstream.start();
                Upstream streaming = Upstream.start();
                FloodUpstream flooded = new FloodUpstream(flood.upstream == null ? Socket::close : flood.upstream);
                SmallNode node = SmallNode.start(HEAP_MIB, TestDatabase.create(), Map.of())) {
            streaming.behave(FloodTest::streamWithoutEnd);
            node.createApi("calls", "/calls", calm.port());
            int port = flood.upstream == null ? streaming.port() : flooded.port();
            node.createApi(
                    new JsonObject().put("name", "flood").put("url", flood.protocol + "://127.0.0.1:" + port),
                    new JsonObject()
                            .put("paths", List.of("/flood"))
                            .put("strip_path", false)
                            .put(
                                    "protocols",
                                    flood.protocol.equals("grpc")
                                            ? List.of("grpc", "grpcs")
                                            : List.of("http", "https")));
            flood(flood, node);
        }
    }

    private static void flood(Case flood, SmallNode node) {
        try (SecondClient calls = new SecondClient("http://127.0.0.1:" + node.port() + "/calls")) {
            // As warm as it gets, so that what grows after that is the flood's.
            calls.warmUp(WARM_CALLS);
            int before = node.rss();
            try (SecondClient second = new SecondClient("http://127.0.0.1:" + node.port() + "/calls");
                    FloodClients clients = new FloodClients(node.port(), flood.connections(), flood.client)) {
                second.run(TIME, node::isAlive);
                String result =
                        "%s: %s, %d connections, RSS %d MiB before; %d calls, %d failed, p99 %d ms (%d ms before); %d errors logged"
                                .formatted(
                                        flood,
                                        node.isAlive()
                                                ? "RSS " + node.highestRss() + " MiB at most"
                                                : "the node has died",
                                        clients.opened(),
                                        before,
                                        second.calls(),
                                        second.failures(),
                                        second.p99().toMillis(),
                                        calls.p99().toMillis(),
                                        node.errors().size());
                System.out.println("flood: " + result);
                assertThat(node.isAlive()).as(result).isTrue();
                assertThat(clients.opened()).isGreaterThanOrEqualTo(flood.connections());
                assertThat(second.failures()).as(result).isZero();
                assertThat(second.p99()).as(result).isLessThan(P99);
                assertThat(node.highestRss() - before).as(result).isLessThan(GROWTH_MIB);
                assertThat(node.errors()).as(result).isEmpty();
            }
        }
    }
}
