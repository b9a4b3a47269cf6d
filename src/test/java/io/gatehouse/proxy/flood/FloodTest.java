package io.gatehouse.proxy.flood;

import static io.gatehouse.proxy.flood.Http1Floods.CHUNKED;
import static io.gatehouse.proxy.flood.Http1Floods.H2C;
import static io.gatehouse.proxy.flood.Http1Floods.HANDSHAKE;
import static io.gatehouse.proxy.flood.Http1Floods.LENGTH;
import static io.gatehouse.proxy.flood.Http1Floods.POST;
import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.SmallNode;
import io.gatehouse.testing.Upstream;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

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
    private static final int MOST_CONNECTIONS = 1_000;

    /**
     * The behaviour of the clients and of the upstream.
     *
     * @param upstream null: a server that notices when the gateway closes a connection, and goes by flow control
     */
    private record Case(
            String name,
            int connections,
            String protocol,
            FloodClients.Flood client,
            FloodUpstream.@Nullable Behaviour upstream) {
        @Override
        public String toString() {
            return name;
        }
    }

    /** Of HTTP, with the usual number of connections. */
    private static Case http(String name, FloodClients.Flood client, FloodUpstream.Behaviour upstream) {
        return new Case(name, CONNECTIONS, "http", client, upstream);
    }

    /** {@code -Dflood.case=gRPC.*} chooses some of them. */
    static List<Case> cases() {
        FloodClients.Flood upload = Http2Floods.upload("text/plain");
        String grpc = "application/grpc";
        return Stream.of(
                        http("HTTP/1.1 upload", Http1Floods.upload(POST + LENGTH), FloodUpstream::ignore),
                        http(
                                "HTTP/1.1 chunked upload",
                                Http1Floods.chunkedUpload(POST + CHUNKED),
                                FloodUpstream::ignore),
                        http(
                                "HTTP/1.1 download",
                                Http1Floods.unread("GET /flood HTTP/1.1\r\nHost: a\r\n\r\n"),
                                FloodUpstream::flood),
                        http("HTTP/1.1 pipelined calls", Http1Floods.pipelined("GET /calls"), FloodUpstream::ignore),
                        http("HTTP/1.1 pipelined errors", Http1Floods.pipelined("GET /nowhere"), FloodUpstream::ignore),
                        new Case(
                                "HTTP/1.1 pipelined errors, many",
                                MANY_CONNECTIONS,
                                "http",
                                Http1Floods.pipelined("GET /nowhere"),
                                FloodUpstream::ignore),
                        new Case(
                                "HTTP/1.1 pipelined requests, 1000",
                                MOST_CONNECTIONS,
                                "http",
                                Http1Floods.pipelined("GET /flood"),
                                FloodUpstream::ignore),
                        new Case(
                                "HTTP/2 heads of errors, many",
                                MANY_CONNECTIONS,
                                "http",
                                Http2Floods.heads("/nowhere"),
                                FloodUpstream::ignore),
                        new Case("HTTP/2 heads, many", 4 * CONNECTIONS, "http", Http2Floods.heads("/flood"), null),
                        new Case(
                                "HTTP/2 download, many",
                                4 * CONNECTIONS,
                                "http",
                                Http2Floods.unread("text/plain"),
                                FloodUpstream::flood),
                        new Case("HTTP/2 large heads, many", 4 * CONNECTIONS, "http", Http2Floods::largeHeads, null),
                        new Case(
                                "HTTP/2 bodies that a plugin reads",
                                CONNECTIONS,
                                "http",
                                connection -> Http2Floods.unendedBodies(connection, "/read"),
                                FloodUpstream::ignore),
                        new Case(
                                "HTTP/1.1 chunks of a byte, many",
                                MANY_CONNECTIONS,
                                "http",
                                Http1Floods.singleBytes(),
                                FloodUpstream::ignore),
                        http(
                                "HTTP/1.1 trailers behind the response",
                                Http1Floods.lateTrailers(),
                                FloodUpstream::ignore),
                        new Case(
                                "HTTP/1.1 trailers without an end, 1000",
                                MOST_CONNECTIONS,
                                "http",
                                Http1Floods.unendedTrailers(),
                                FloodUpstream::ignore),
                        http("HTTP/2 upload", upload, FloodUpstream::ignore),
                        http("HTTP/2 upload beyond windows", Http2Floods::beyondItsWindows, FloodUpstream::ignore),
                        new Case("HTTP/2 upload, many", MANY_CONNECTIONS, "http", upload, FloodUpstream::ignore),
                        new Case("HTTP/2 upload, 1000", MOST_CONNECTIONS, "http", upload, FloodUpstream::ignore),
                        http(
                                "HTTP/2 upload of 100 streams",
                                Http2Floods.upload("text/plain", 100, 4 * 1024),
                                FloodUpstream::ignore),
                        http(
                                "HTTP/2 upload of single bytes",
                                Http2Floods.upload("text/plain", 20, 1),
                                FloodUpstream::ignore),
                        new Case(
                                "HTTP/1.1 upload, 1000",
                                MOST_CONNECTIONS,
                                "http",
                                Http1Floods.upload(POST + LENGTH),
                                FloodUpstream::ignore),
                        new Case(
                                "HTTP/1.1 chunked upload, 1000",
                                MOST_CONNECTIONS,
                                "http",
                                Http1Floods.chunkedUpload(POST + CHUNKED),
                                FloodUpstream::ignore),
                        new Case(
                                "WebSocket upload, 1000",
                                MOST_CONNECTIONS,
                                "http",
                                Http1Floods.afterThe101(),
                                FloodUpstream::acceptAndIgnore),
                        new Case(
                                "gRPC upload, many",
                                MANY_CONNECTIONS,
                                "grpc",
                                Http2Floods.upload(grpc),
                                FloodUpstream::openWindowsAndIgnore),
                        http("HTTP/2 download", Http2Floods.unread("text/plain"), FloodUpstream::flood),
                        new Case(
                                "gRPC upload",
                                CONNECTIONS,
                                "grpc",
                                Http2Floods.upload(grpc),
                                FloodUpstream::openWindowsAndIgnore),
                        new Case("gRPC download", CONNECTIONS, "grpc", Http2Floods.unread(grpc), null),
                        http("WebSocket upload", Http1Floods.afterThe101(), FloodUpstream::acceptAndIgnore),
                        http(
                                "WebSocket download",
                                Http1Floods.unread(HANDSHAKE + "\r\n"),
                                FloodUpstream::acceptAndFlood),
                        http("body before the 101", Http1Floods.upload(HANDSHAKE + LENGTH), FloodUpstream::ignore),
                        http(
                                "chunked body before the 101",
                                Http1Floods.chunkedUpload(HANDSHAKE + CHUNKED),
                                FloodUpstream::ignore),
                        http("frames before the 101", Http1Floods.upload(HANDSHAKE + "\r\n"), FloodUpstream::ignore),
                        http("h2c upgrade with a body", Http1Floods.upload(H2C + LENGTH), FloodUpstream::ignore),
                        http(
                                "h2c upgrade with a chunked body",
                                Http1Floods.chunkedUpload(H2C + CHUNKED),
                                FloodUpstream::ignore))
                .filter(each -> each.name.matches(System.getProperty("flood.case", ".*")))
                .toList();
    }

    /** Goes by flow control, as a gRPC server does, and does not respond to HEAD. */
    private static void streamWithoutEnd(HttpServerRequest request) {
        if (request.method().equals(HttpMethod.HEAD)) {
            return;
        }
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
    @MethodSource("cases")
    void aFloodNeitherEndsANodeNorKeepsItFromServing(Case flood) throws IOException {
        try (Upstream calm = Upstream.start();
                Upstream streaming = Upstream.start();
                FloodUpstream flooded = new FloodUpstream(flood.upstream == null ? Socket::close : flood.upstream);
                SmallNode node = SmallNode.start(HEAP_MIB, TestDatabase.create(), Map.of())) {
            streaming.behave(FloodTest::streamWithoutEnd);
            node.createApi("calls", "/calls", calm.port());
            node.createApi("read", "/read", calm.port());
            node.enable(
                    "read",
                    "request-transformer",
                    new JsonObject().put("add", new JsonObject().put("body", List.of("added:1"))));
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
            Duration cpuBefore = node.cpu();
            try (SecondClient second = new SecondClient("http://127.0.0.1:" + node.port() + "/calls");
                    FloodClients clients = new FloodClients(node.port(), flood.connections(), flood.client)) {
                second.run(TIME, node::isAlive);
                String result =
                        "%s: %s, %d connections, RSS %d MiB before; %d calls, %d failed, p99 %d ms (%d ms before); %d ms of CPU; %d errors logged"
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
                                        Math.max(0, node.cpu().minus(cpuBefore).toMillis()),
                                        node.errors().size());
                System.out.println("flood: " + result);
                assertThat(node.isAlive()).as(result).isTrue();
                assertThat(clients.opened()).isGreaterThanOrEqualTo(flood.connections);
                assertThat(second.failures()).as(result).isZero();
                assertThat(second.p99()).as(result).isLessThan(P99);
                assertThat(node.highestRss() - before).as(result).isLessThan(GROWTH_MIB);
                assertThat(node.errors()).as(result).isEmpty();
            }
        }
    }
}
