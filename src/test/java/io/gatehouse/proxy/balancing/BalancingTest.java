package io.gatehouse.proxy.balancing;

import static io.gatehouse.proxy.balancing.RedAndBlue.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services whose host is an Upstream; docs/reference/proxy.md#upstreams-and-targets. */
class BalancingTest {
    private static RedAndBlue targets;

    @BeforeAll
    static void start() {
        targets = new RedAndBlue();
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    @BeforeEach
    void behave() {
        targets.behave();
    }

    @Test
    void requestsAreSpreadOverTheTargetsByWeight() {
        targets.balance("weighted", new JsonObject());
        assertThat(targets.tally(10, "/weighted")).isEqualTo(Map.of("red", 5, "blue", 5));
        targets.gatehouse
                .admin(
                        "PATCH",
                        "/upstreams/weighted.upstream/targets/" + address(targets.red),
                        new JsonObject().put("weight", 300))
                .isStatus(200);
        assertThat(targets.tally(20, "/weighted")).isEqualTo(Map.of("red", 15, "blue", 5));
        targets.gatehouse
                .admin(
                        "PATCH",
                        "/upstreams/weighted.upstream/targets/" + address(targets.red),
                        new JsonObject().put("weight", 0))
                .isStatus(200);
        assertThat(targets.tally(5, "/weighted")).isEqualTo(Map.of("blue", 5));
    }

    @Test
    void theTargetsReceiveTheServicesHostUnlessTheUpstreamNamesAnother() {
        targets.red.behave(Upstream::echo);
        targets.balance("hosted", new JsonObject(), address(targets.red));
        assertThat(host("/hosted")).isEqualTo("hosted.upstream");
        targets.gatehouse
                .admin("PATCH", "/upstreams/hosted.upstream", new JsonObject().put("host_header", "api.example"))
                .isStatus(200);
        assertThat(host("/hosted")).isEqualTo("api.example");
    }

    @Test
    void aTargetThatIsANameIsCalledByItUnlessTheUpstreamNamesAnother() {
        targets.red.behave(Upstream::echo);
        String name = "localhost:" + targets.red.port();
        targets.balance("called", new JsonObject(), name);
        assertThat(host("/called")).isEqualTo(name);
        targets.gatehouse.create(
                "/services/called/routes",
                new JsonObject().put("paths", List.of("/kept")).put("preserve_host", true));
        assertThat(host("/kept")).endsWith(":" + targets.gatehouse.node().port("proxy.http"));
        targets.gatehouse
                .admin("PATCH", "/upstreams/called.upstream", new JsonObject().put("host_header", "api.example"))
                .isStatus(200);
        assertThat(host("/called")).isEqualTo("api.example");
    }

    /** Of two targets in turn, every second request is repeated at the other one. */
    @Test
    void aRepeatedRequestHasTheHostOfItsTarget() {
        targets.red.behave(Upstream::echo);
        targets.balance("repeated", new JsonObject(), "localhost:1", address(targets.red));
        for (int i = 0; i < 4; i++) {
            assertThat(host("/repeated")).isEqualTo("repeated.upstream");
        }
        targets.balance("called-again", new JsonObject(), "127.0.0.1:1", "localhost:" + targets.red.port());
        for (int i = 0; i < 4; i++) {
            assertThat(host("/called-again")).isEqualTo("localhost:" + targets.red.port());
        }
    }

    private static String host(String path) {
        return targets.gatehouse
                .get(path)
                .isStatus(200)
                .json()
                .getJsonObject("headers")
                .getString("host");
    }

    @Test
    void anOpenWebSocketCountsAsAConnectionUntilItIsClosed() {
        targets.balance("sockets", new JsonObject().put("algorithm", "least-connections"));
        for (Upstream upstream : List.of(targets.red, targets.blue)) {
            upstream.behave(request -> {
                if (request.canUpgradeToWebSocket()) {
                    request.toWebSocket();
                } else {
                    request.response()
                            .putHeader("x-target", upstream == targets.red ? "red" : "blue")
                            .end();
                }
            });
        }
        WebSocket socket = Gatehouse.await(
                targets.red.webSockets().connect(targets.gatehouse.node().port("proxy.http"), "127.0.0.1", "/sockets"));
        assertThat(targets.tally(6, "/sockets")).hasSize(1);
        Gatehouse.await(socket.close());
        await().until(() -> targets.tally(6, "/sockets").size() == 2);
    }

    @Test
    void withoutATargetThereIsNoPeer() {
        targets.balance("empty", new JsonObject(), new String[0]);
        assertThat(targets.gatehouse.get("/empty").isStatus(503).json().getString("message"))
                .isEqualTo("failure to get a peer from the ring-balancer");
    }

    @Test
    void aTargetThatRefusesConnectionsIsSkippedAtOnce() {
        targets.balance("refusing", new JsonObject(), "127.0.0.1:1", address(targets.red));
        assertThat(targets.tally(6, "/refusing")).isEqualTo(Map.of("red", 6));
    }
}
