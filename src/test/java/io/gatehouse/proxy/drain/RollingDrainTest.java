package io.gatehouse.proxy.drain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.SmallNode;
import io.gatehouse.testing.Upstream;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Two nodes stop in turn under load, with a drain delay of 2 s. Clients that use each connection at least once a second and
 * send no request twice lose none (RFC 9112 §9.6). {@code -Ddrain.stops=100} has them stop more often.
 */
@Tag("drain")
class RollingDrainTest {
    private static final int STOPS = Integer.getInteger("drain.stops", 5);
    private static final int HEAP_MIB = 128;
    private static final int CLIENTS = 20;
    private static final Duration START = Duration.ofSeconds(90);

    private final PostgresConfig database = TestDatabase.create();
    private final List<SmallNode> nodes = new CopyOnWriteArrayList<>();

    private SmallNode node() throws IOException {
        return SmallNode.start(HEAP_MIB, database, Map.of("DRAIN_DELAY", "2s"));
    }

    /** As a load balancer's check sees it. */
    private static boolean isReady(SmallNode node) {
        try {
            return Http.send(Http.get(node.statusUrl("/ready"))).status() == 200;
        } catch (CompletionException e) {
            return false;
        }
    }

    /** Of a node to connect to. */
    private int port() {
        return nodes.stream()
                .filter(RollingDrainTest::isReady)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no node is ready"))
                .port();
    }

    @Test
    void noRequestIsLostWhenNodesStop() throws Exception {
        try (Upstream upstream = Upstream.start()) {
            SmallNode first = node();
            nodes.add(first);
            first.createApi("api", "/api", upstream.port());
            nodes.add(node());
            nodes.forEach(RollingDrainTest::awaitApi);
            try (KeepAliveClients clients = new KeepAliveClients(CLIENTS, this::port)) {
                clients.awaitMore(CLIENTS);
                for (int stop = 1; stop <= STOPS; stop++) {
                    // The one that its clients have come to.
                    SmallNode stopping = nodes.get(0);
                    int code = stopping.terminate();
                    nodes.remove(stopping);
                    clients.awaitMore(CLIENTS);
                    System.out.printf("drain: stop %d: exit code %d, %s%n", stop, code, clients);
                    assertThat(code).isZero();
                    SmallNode fresh = node();
                    nodes.add(fresh);
                    awaitApi(fresh);
                }
                System.out.printf("drain: %d stops: %s%n", STOPS, clients);
                assertThat(clients.lost()).isEmpty();
                // All of them had to leave the node that stopped.
                assertThat(clients.connections()).isGreaterThan(CLIENTS * STOPS);
            }
        } finally {
            nodes.forEach(SmallNode::close);
        }
    }

    private static void awaitApi(SmallNode node) {
        await().atMost(START)
                .until(() -> Http.send(Http.get("http://127.0.0.1:" + node.port() + "/api"))
                                .status()
                        == 200);
    }
}
