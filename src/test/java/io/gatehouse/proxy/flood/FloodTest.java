package io.gatehouse.proxy.flood;

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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One side sends as fast as it can and the other does not read, for each protocol and in each direction: a node with a heap
 * of 128 MB lives, does not grow, and serves others meanwhile. Each case takes a minute; {@code -Dflood.seconds=10} makes it
 * shorter.
 */
@Tag("flood")
class FloodTest {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("flood.seconds", 60));
    private static final int HEAP_MIB = 128;
    private static final int GROWTH_MIB = 100;
    private static final int WARM_CALLS = 200;

    static Stream<FloodCase> cases() {
        return FloodCase.chosen();
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
    void aFloodNeitherEndsANodeNorKeepsItFromServing(FloodCase flood) throws IOException {
        try (Upstream calm = Upstream.start();
                Upstream streaming = Upstream.start();
                FloodUpstream flooded = new FloodUpstream(flood.upstream() == null ? Socket::close : flood.upstream());
                SmallNode node = SmallNode.start(HEAP_MIB, TestDatabase.create(), Map.of())) {
            streaming.behave(FloodTest::streamWithoutEnd);
            node.createApi("calls", "/calls", calm.port());
            node.createApi("read", "/read", calm.port());
            node.enable(
                    "read",
                    "request-transformer",
                    new JsonObject().put("add", new JsonObject().put("body", List.of("added:1"))));
            int port = flood.upstream() == null ? streaming.port() : flooded.port();
            node.createApi("edit", "/edit", port);
            node.enable(
                    "edit",
                    "response-transformer",
                    new JsonObject().put("remove", new JsonObject().put("json", List.of("secret"))));
            node.createApi(
                    new JsonObject().put("name", "flood").put("url", flood.protocol() + "://127.0.0.1:" + port),
                    new JsonObject()
                            .put("paths", List.of("/flood"))
                            .put("strip_path", false)
                            .put(
                                    "protocols",
                                    flood.protocol().equals("grpc")
                                            ? List.of("grpc", "grpcs")
                                            : List.of("http", "https")));
            flood(flood, node);
        }
    }

    private static void flood(FloodCase flood, SmallNode node) {
        try (SecondClient calls = new SecondClient("http://127.0.0.1:" + node.port() + "/calls")) {
            // As warm as it gets, so that what grows after that is the flood's.
            calls.warmUp(WARM_CALLS);
            int before = node.rss();
            Duration cpuBefore = node.cpu();
            try (SecondClient second = new SecondClient("http://127.0.0.1:" + node.port() + "/calls");
                    FloodClients clients = new FloodClients(node.port(), flood.connections(), flood.client())) {
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
                assertThat(clients.opened()).isGreaterThanOrEqualTo(flood.connections());
                assertThat(second.failures()).as(result).isZero();
                assertThat(second.p99()).as(result).isLessThan(flood.p99());
                assertThat(node.highestRss() - before).as(result).isLessThan(GROWTH_MIB);
                assertThat(node.errors()).as(result).isEmpty();
            }
        }
    }
}
