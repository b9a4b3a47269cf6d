package io.gatehouse.proxy.balancing;

import static io.gatehouse.proxy.balancing.RedAndBlue.address;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The health of targets: by their responses, by checks, and by an operator; docs/reference/proxy.md#upstreams-and-targets. */
class TargetHealthTest {
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

    private static JsonObject checks(JsonObject active, JsonObject passive) {
        return new JsonObject()
                .put("healthchecks", new JsonObject().put("active", active).put("passive", passive));
    }

    private static JsonObject passive(String failures, int limit) {
        return checks(new JsonObject(), new JsonObject().put("unhealthy", new JsonObject().put(failures, limit)));
    }

    private static JsonObject health(String name) {
        Map<String, String> states = new HashMap<>();
        targets.gatehouse
                .admin("GET", "/upstreams/" + name + ".upstream/health")
                .isStatus(200)
                .json()
                .getJsonArray("data")
                .forEach(each ->
                        states.put(((JsonObject) each).getString("target"), ((JsonObject) each).getString("health")));
        return new JsonObject()
                .put("red", states.get(address(targets.red)))
                .put("blue", states.get(address(targets.blue)));
    }

    private static JsonObject states(String ofRed, String ofBlue) {
        return new JsonObject().put("red", ofRed).put("blue", ofBlue);
    }

    @Test
    void failuresInARowMakeATargetUnhealthy() {
        targets.balance("passive", passive("http_failures", 2));
        assertThat(health("passive")).isEqualTo(states("HEALTHY", "HEALTHY"));
        targets.red.behave(request -> request.response().setStatusCode(500).end());
        for (int i = 0; i < 4; i++) {
            targets.gatehouse.get("/passive");
        }
        assertThat(health("passive")).isEqualTo(states("UNHEALTHY", "HEALTHY"));
        assertThat(targets.tally(6, "/passive")).isEqualTo(Map.of("blue", 6));
    }

    @Test
    void anUnreachableTargetBecomesUnhealthy() {
        targets.balance("unreachable", passive("tcp_failures", 1), "127.0.0.1:1", address(targets.red));
        assertThat(targets.tally(4, "/unreachable")).isEqualTo(Map.of("red", 4));
        JsonObject answer = targets.gatehouse
                .admin("GET", "/upstreams/unreachable.upstream/health")
                .json();
        assertThat(answer.getJsonArray("data").stream()
                        .map(JsonObject.class::cast)
                        .filter(target -> target.getString("target").equals("127.0.0.1:1"))
                        .map(target -> target.getString("health")))
                .containsExactly("UNHEALTHY");
        assertThat(answer.getString("node_id")).isNotEmpty();
    }

    @Test
    void aTargetThatTimesOutBecomesUnhealthy() {
        targets.balance("slow", passive("timeouts", 1), address(targets.red));
        targets.gatehouse
                .admin("PATCH", "/services/slow", new JsonObject().put("read_timeout", 200))
                .isStatus(200);
        targets.red.behave(request -> {
            // Never answers.
        });
        assertThat(targets.gatehouse.get("/slow").status()).isEqualTo(504);
        assertThat(targets.gatehouse.get("/slow").status()).isEqualTo(503);
    }

    @Test
    void noTargetIsUsedWhenAllAreUnhealthy() {
        targets.balance("sick", passive("http_failures", 1));
        targets.red.behave(request -> request.response().setStatusCode(500).end());
        targets.blue.behave(request -> request.response().setStatusCode(500).end());
        targets.gatehouse.get("/sick");
        targets.gatehouse.get("/sick");
        int before = targets.red.requests() + targets.blue.requests();
        assertThat(targets.gatehouse.get("/sick").isStatus(503).json().getString("message"))
                .isEqualTo("failure to get a peer from the ring-balancer");
        assertThat(targets.red.requests() + targets.blue.requests()).isEqualTo(before);
        assertThat(targets.gatehouse
                        .admin("GET", "/upstreams/sick.upstream/health?balancer_health=1")
                        .json()
                        .getJsonObject("data")
                        .getString("health"))
                .isEqualTo("UNHEALTHY");
    }

    @Test
    void belowTheThresholdTheUpstreamIsUnhealthy() {
        JsonObject upstream = passive("http_failures", 1);
        upstream.getJsonObject("healthchecks").put("threshold", 60);
        targets.balance("threshold", upstream);
        targets.red.behave(request -> request.response().setStatusCode(500).end());
        targets.gatehouse.get("/threshold");
        targets.gatehouse.get("/threshold");
        assertThat(targets.gatehouse.get("/threshold").status()).isEqualTo(503);
    }

    @Test
    void anOperatorMaySetTheHealthOfATarget() {
        targets.balance("said", passive("http_failures", 1));
        String target = "/upstreams/said.upstream/targets/" + address(targets.red);
        targets.gatehouse.admin("PUT", target + "/unhealthy").isStatus(204);
        assertThat(health("said")).isEqualTo(states("UNHEALTHY", "HEALTHY"));
        assertThat(targets.tally(4, "/said")).isEqualTo(Map.of("blue", 4));
        targets.gatehouse.admin("PUT", target + "/healthy").isStatus(204);
        assertThat(targets.tally(4, "/said")).isEqualTo(Map.of("red", 2, "blue", 2));
        targets.gatehouse
                .admin("PUT", "/upstreams/said.upstream/targets/127.0.0.1:9/healthy")
                .isStatus(404);
    }

    @Test
    void aTargetWithoutWeightHasNoHealth() {
        targets.balance("weightless", passive("http_failures", 1));
        String target = "/upstreams/weightless.upstream/targets/" + address(targets.red);
        targets.gatehouse
                .admin("PATCH", target, new JsonObject().put("weight", 0))
                .isStatus(200);
        assertThat(health("weightless")).isEqualTo(states("HEALTHCHECKS_OFF", "HEALTHY"));
        targets.gatehouse
                .admin("PATCH", target, new JsonObject().put("weight", 1))
                .isStatus(200);
        assertThat(health("weightless")).isEqualTo(states("HEALTHY", "HEALTHY"));
    }

    @Test
    void theNewestTargetIsListedFirst() {
        targets.gatehouse.create("/upstreams", new JsonObject().put("name", "ordered.upstream"));
        for (int port : new int[] {2, 1, 3}) {
            targets.gatehouse.create(
                    "/upstreams/ordered.upstream/targets",
                    new JsonObject().put("target", "127.0.0.1:" + port).put("created_at", 1_000.5 * port));
        }
        assertThat(targets
                        .gatehouse
                        .admin("GET", "/upstreams/ordered.upstream/health")
                        .isStatus(200)
                        .json()
                        .getJsonArray("data")
                        .stream()
                        .map(target -> ((JsonObject) target).getString("target")))
                .containsExactly("127.0.0.1:3", "127.0.0.1:2", "127.0.0.1:1");
    }

    @Test
    void withoutChecksHealthIsOff() {
        targets.balance("unchecked", new JsonObject());
        assertThat(health("unchecked")).isEqualTo(states("HEALTHCHECKS_OFF", "HEALTHCHECKS_OFF"));
    }

    private static JsonObject probing(String type) {
        return new JsonObject()
                .put("type", type)
                .put("http_path", "/health")
                .put("headers", new JsonObject().put("x-probe", List.of("yes")))
                .put("healthy", new JsonObject().put("interval", 0.05).put("successes", 1))
                .put(
                        "unhealthy",
                        new JsonObject()
                                .put("interval", 0.05)
                                .put("http_failures", 1)
                                .put("tcp_failures", 1));
    }

    @Test
    void activeChecksMakeATargetUnhealthyAndHealthyAgain() {
        Set<String> paths = new HashSet<>();
        targets.blue.behave(request -> {
            synchronized (paths) {
                paths.add(request.path() + " " + request.getHeader("x-probe"));
            }
            request.response().setStatusCode(500).end();
        });
        targets.balance("probed", checks(probing("http"), new JsonObject()));
        await().until(() -> health("probed").equals(states("HEALTHY", "UNHEALTHY")));
        synchronized (paths) {
            assertThat(paths).containsExactly("/health yes");
        }
        assertThat(targets.tally(4, "/probed")).isEqualTo(Map.of("red", 4));
        targets.behave();
        await().until(() -> health("probed").equals(states("HEALTHY", "HEALTHY")));
        targets.gatehouse.admin("DELETE", "/upstreams/probed.upstream").isStatus(204);
    }

    @Test
    void activeChecksSendTheHostHeaderThatTheUpstreamHasNow() {
        Set<String> hosts = ConcurrentHashMap.newKeySet();
        targets.red.behave(request -> {
            hosts.add(request.getHeader("host"));
            request.response().end();
        });
        targets.balance("named", checks(probing("http"), new JsonObject()), address(targets.red));
        await().until(() -> hosts.contains(address(targets.red)));
        targets.gatehouse
                .admin("PATCH", "/upstreams/named.upstream", new JsonObject().put("host_header", "api.test"))
                .isStatus(200);
        await().until(() -> hosts.contains("api.test"));
        targets.gatehouse.admin("DELETE", "/upstreams/named.upstream").isStatus(204);
    }

    @Test
    void aTcpCheckOnlyConnects() {
        targets.balance("tcp", checks(probing("tcp"), new JsonObject()), "127.0.0.1:1", address(targets.red));
        await().until(() -> targets.tally(4, "/tcp").equals(Map.of("red", 4)));
        await().until(() ->
                targets.gatehouse.admin("GET", "/upstreams/tcp.upstream/health").json().getJsonArray("data").stream()
                        .anyMatch(target ->
                                ((JsonObject) target).getString("health").equals("UNHEALTHY")));
        targets.gatehouse.admin("DELETE", "/upstreams/tcp.upstream").isStatus(204);
    }
}
