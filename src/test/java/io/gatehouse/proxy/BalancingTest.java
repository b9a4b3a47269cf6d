package io.gatehouse.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Reply;
import io.gatehouse.testing.Upstream;
import io.vertx.core.http.WebSocket;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Services whose host is an Upstream; docs/reference/proxy.md#upstreams-and-targets. */
class BalancingTest {
    private static Gatehouse gatehouse;
    private static Upstream red;
    private static Upstream blue;

    @BeforeAll
    static void start() {
        gatehouse = Gatehouse.start();
        red = Upstream.start();
        blue = Upstream.start();
    }

    @AfterAll
    static void stop() {
        gatehouse.close();
        red.close();
        blue.close();
    }

    @BeforeEach
    void behave() {
        red.behave(request -> request.response().putHeader("x-target", "red").end());
        blue.behave(request -> request.response().putHeader("x-target", "blue").end());
    }

    private static String address(Upstream upstream) {
        return "127.0.0.1:" + upstream.port();
    }

    /** An Upstream of red and blue, with a Service and the Route {@code /name} in front of it. */
    private static void balance(String name, JsonObject upstream) {
        balance(name, upstream, address(red), address(blue));
    }

    private static void balance(String name, JsonObject upstream, String... targets) {
        gatehouse.create("/upstreams", upstream.copy().put("name", name + ".upstream"));
        for (String target : targets) {
            gatehouse.create("/upstreams/" + name + ".upstream/targets", new JsonObject().put("target", target));
        }
        gatehouse.create("/services", new JsonObject().put("name", name).put("url", "http://" + name + ".upstream"));
        gatehouse.create(
                "/services/" + name + "/routes",
                new JsonObject().put("name", name).put("paths", List.of("/" + name)));
    }

    private static Map<String, Integer> tally(int requests, String path, String... headers) {
        Map<String, Integer> tally = new HashMap<>();
        for (int i = 0; i < requests; i++) {
            Reply reply = gatehouse.get(path, headers);
            tally.merge(reply.isStatus(200).header("x-target"), 1, Integer::sum);
        }
        return tally;
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
        gatehouse
                .admin("GET", "/upstreams/" + name + ".upstream/health")
                .isStatus(200)
                .json()
                .getJsonArray("data")
                .forEach(each ->
                        states.put(((JsonObject) each).getString("target"), ((JsonObject) each).getString("health")));
        return new JsonObject().put("red", states.get(address(red))).put("blue", states.get(address(blue)));
    }

    private static JsonObject states(String ofRed, String ofBlue) {
        return new JsonObject().put("red", ofRed).put("blue", ofBlue);
    }

    @Test
    void requestsAreSpreadOverTheTargetsByWeight() {
        balance("weighted", new JsonObject());
        assertThat(tally(10, "/weighted")).isEqualTo(Map.of("red", 5, "blue", 5));
        gatehouse
                .admin(
                        "PATCH",
                        "/upstreams/weighted.upstream/targets/" + address(red),
                        new JsonObject().put("weight", 300))
                .isStatus(200);
        assertThat(tally(20, "/weighted")).isEqualTo(Map.of("red", 15, "blue", 5));
        gatehouse
                .admin(
                        "PATCH",
                        "/upstreams/weighted.upstream/targets/" + address(red),
                        new JsonObject().put("weight", 0))
                .isStatus(200);
        assertThat(tally(5, "/weighted")).isEqualTo(Map.of("blue", 5));
    }

    @Test
    void theTargetsReceiveTheServicesHostUnlessTheUpstreamNamesAnother() {
        red.behave(Upstream::echo);
        balance("hosted", new JsonObject(), address(red));
        assertThat(host("/hosted")).isEqualTo("hosted.upstream");
        gatehouse
                .admin("PATCH", "/upstreams/hosted.upstream", new JsonObject().put("host_header", "api.example"))
                .isStatus(200);
        assertThat(host("/hosted")).isEqualTo("api.example");
    }

    private static String host(String path) {
        return gatehouse.get(path).isStatus(200).json().getJsonObject("headers").getString("host");
    }

    @Test
    void anOpenWebSocketCountsAsAConnectionUntilItIsClosed() {
        balance("sockets", new JsonObject().put("algorithm", "least-connections"));
        for (Upstream upstream : List.of(red, blue)) {
            upstream.behave(request -> {
                if (request.canUpgradeToWebSocket()) {
                    request.toWebSocket();
                } else {
                    request.response()
                            .putHeader("x-target", upstream == red ? "red" : "blue")
                            .end();
                }
            });
        }
        WebSocket socket =
                Gatehouse.await(red.webSockets().connect(gatehouse.node().port("proxy.http"), "127.0.0.1", "/sockets"));
        assertThat(tally(6, "/sockets")).hasSize(1);
        Gatehouse.await(socket.close());
        await().until(() -> tally(6, "/sockets").size() == 2);
    }

    @Test
    void withoutATargetThereIsNoPeer() {
        balance("empty", new JsonObject(), new String[0]);
        assertThat(gatehouse.get("/empty").isStatus(503).json().getString("message"))
                .isEqualTo("failure to get a peer from the ring-balancer");
    }

    @Test
    void aTargetThatRefusesConnectionsIsSkippedAtOnce() {
        balance("refusing", new JsonObject(), "127.0.0.1:1", address(red));
        assertThat(tally(6, "/refusing")).isEqualTo(Map.of("red", 6));
    }

    @Test
    void failuresInARowMakeATargetUnhealthy() {
        balance("passive", passive("http_failures", 2));
        assertThat(health("passive")).isEqualTo(states("HEALTHY", "HEALTHY"));
        red.behave(request -> request.response().setStatusCode(500).end());
        for (int i = 0; i < 4; i++) {
            gatehouse.get("/passive");
        }
        assertThat(health("passive")).isEqualTo(states("UNHEALTHY", "HEALTHY"));
        assertThat(tally(6, "/passive")).isEqualTo(Map.of("blue", 6));
    }

    @Test
    void anUnreachableTargetBecomesUnhealthy() {
        balance("unreachable", passive("tcp_failures", 1), "127.0.0.1:1", address(red));
        assertThat(tally(4, "/unreachable")).isEqualTo(Map.of("red", 4));
        JsonObject answer =
                gatehouse.admin("GET", "/upstreams/unreachable.upstream/health").json();
        assertThat(answer.getJsonArray("data").stream()
                        .map(JsonObject.class::cast)
                        .filter(target -> target.getString("target").equals("127.0.0.1:1"))
                        .map(target -> target.getString("health")))
                .containsExactly("UNHEALTHY");
        assertThat(answer.getString("node_id")).isNotEmpty();
    }

    @Test
    void aTargetThatTimesOutBecomesUnhealthy() {
        balance("slow", passive("timeouts", 1), address(red));
        gatehouse
                .admin("PATCH", "/services/slow", new JsonObject().put("read_timeout", 200))
                .isStatus(200);
        red.behave(request -> {
            // Never answers.
        });
        assertThat(gatehouse.get("/slow").status()).isEqualTo(504);
        assertThat(gatehouse.get("/slow").status()).isEqualTo(503);
    }

    @Test
    void noTargetIsUsedWhenAllAreUnhealthy() {
        balance("sick", passive("http_failures", 1));
        red.behave(request -> request.response().setStatusCode(500).end());
        blue.behave(request -> request.response().setStatusCode(500).end());
        gatehouse.get("/sick");
        gatehouse.get("/sick");
        int before = red.requests() + blue.requests();
        assertThat(gatehouse.get("/sick").isStatus(503).json().getString("message"))
                .isEqualTo("failure to get a peer from the ring-balancer");
        assertThat(red.requests() + blue.requests()).isEqualTo(before);
        assertThat(gatehouse
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
        balance("threshold", upstream);
        red.behave(request -> request.response().setStatusCode(500).end());
        gatehouse.get("/threshold");
        gatehouse.get("/threshold");
        assertThat(gatehouse.get("/threshold").status()).isEqualTo(503);
    }

    @Test
    void anOperatorMaySetTheHealthOfATarget() {
        balance("said", passive("http_failures", 1));
        String target = "/upstreams/said.upstream/targets/" + address(red);
        gatehouse.admin("PUT", target + "/unhealthy").isStatus(204);
        assertThat(health("said")).isEqualTo(states("UNHEALTHY", "HEALTHY"));
        assertThat(tally(4, "/said")).isEqualTo(Map.of("blue", 4));
        gatehouse.admin("PUT", target + "/healthy").isStatus(204);
        assertThat(tally(4, "/said")).isEqualTo(Map.of("red", 2, "blue", 2));
        gatehouse
                .admin("PUT", "/upstreams/said.upstream/targets/127.0.0.1:9/healthy")
                .isStatus(404);
    }

    @Test
    void aTargetWithoutWeightHasNoHealth() {
        balance("weightless", passive("http_failures", 1));
        String target = "/upstreams/weightless.upstream/targets/" + address(red);
        gatehouse.admin("PATCH", target, new JsonObject().put("weight", 0)).isStatus(200);
        assertThat(health("weightless")).isEqualTo(states("HEALTHCHECKS_OFF", "HEALTHY"));
        gatehouse.admin("PATCH", target, new JsonObject().put("weight", 1)).isStatus(200);
        assertThat(health("weightless")).isEqualTo(states("HEALTHY", "HEALTHY"));
    }

    @Test
    void withoutChecksHealthIsOff() {
        balance("unchecked", new JsonObject());
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
        blue.behave(request -> {
            synchronized (paths) {
                paths.add(request.path() + " " + request.getHeader("x-probe"));
            }
            request.response().setStatusCode(500).end();
        });
        balance("probed", checks(probing("http"), new JsonObject()));
        await().until(() -> health("probed").equals(states("HEALTHY", "UNHEALTHY")));
        synchronized (paths) {
            assertThat(paths).containsExactly("/health yes");
        }
        assertThat(tally(4, "/probed")).isEqualTo(Map.of("red", 4));
        behave();
        await().until(() -> health("probed").equals(states("HEALTHY", "HEALTHY")));
        gatehouse.admin("DELETE", "/upstreams/probed.upstream").isStatus(204);
    }

    @Test
    void aTcpCheckOnlyConnects() {
        balance("tcp", checks(probing("tcp"), new JsonObject()), "127.0.0.1:1", address(red));
        await().until(() -> tally(4, "/tcp").equals(Map.of("red", 4)));
        await().until(() ->
                gatehouse.admin("GET", "/upstreams/tcp.upstream/health").json().getJsonArray("data").stream()
                        .anyMatch(target ->
                                ((JsonObject) target).getString("health").equals("UNHEALTHY")));
        gatehouse.admin("DELETE", "/upstreams/tcp.upstream").isStatus(204);
    }

    private static JsonObject hashing(String input, String field, String value) {
        JsonObject upstream =
                new JsonObject().put("algorithm", "consistent-hashing").put("hash_on", input);
        return field.isEmpty() ? upstream : upstream.put(field, value);
    }

    /** That the same value always leads to one target, and that of many values some lead to each. */
    private static void assertAssigns(Function<Integer, Map<String, Integer>> threeRequests) {
        Set<String> used = new HashSet<>();
        for (int value = 0; value < 20; value++) {
            Map<String, Integer> tally = threeRequests.apply(value);
            assertThat(tally).hasSize(1);
            used.addAll(tally.keySet());
        }
        assertThat(used).containsExactlyInAnyOrder("red", "blue");
    }

    @Test
    void aHeaderAssignsRequests() {
        balance("by-header", hashing("header", "hash_on_header", "x-user"));
        assertAssigns(value -> tally(3, "/by-header", "x-user", "user-" + value));
    }

    @Test
    void aPathAssignsRequests() {
        balance("by-path", hashing("path", "", ""));
        assertAssigns(value -> tally(3, "/by-path/" + value));
    }

    @Test
    void aQueryParameterAssignsRequests() {
        balance("by-query", hashing("query_arg", "hash_on_query_arg", "user"));
        assertAssigns(value -> tally(3, "/by-query?a=1&user=" + value));
    }

    @Test
    void aCaptureOfThePathAssignsRequests() {
        balance("by-capture", hashing("uri_capture", "hash_on_uri_capture", "user"));
        gatehouse
                .admin(
                        "PATCH",
                        "/routes/by-capture",
                        new JsonObject().put("paths", List.of("~/by-capture/(?P<user>[^/]+)")))
                .isStatus(200);
        assertAssigns(value -> tally(3, "/by-capture/" + value + "/" + System.nanoTime()));
    }

    @Test
    void anAddressAssignsRequests() {
        balance("by-ip", hashing("ip", "", ""));
        assertThat(tally(6, "/by-ip")).hasSize(1);
    }

    @Test
    void aConsumerAssignsRequests() {
        balance("by-consumer", hashing("consumer", "", ""));
        gatehouse.create("/services/by-consumer/plugins", new JsonObject().put("name", "key-auth"));
        assertAssigns(value -> {
            gatehouse.create("/consumers", new JsonObject().put("username", "hashed-" + value));
            gatehouse.create("/consumers/hashed-" + value + "/key-auth", new JsonObject().put("key", "key-" + value));
            return tally(3, "/by-consumer", "apikey", "key-" + value);
        });
    }

    @Test
    void aClientWithoutTheCookieReceivesOneThatKeepsItsTarget() {
        balance("by-cookie", hashing("cookie", "hash_on_cookie", "lb").put("hash_on_cookie_path", "/by-cookie"));
        Reply first = gatehouse.get("/by-cookie").isStatus(200);
        String cookie = Objects.requireNonNull(first.header("set-cookie"));
        assertThat(cookie).startsWith("lb=").contains("Path=/by-cookie").contains("HTTPOnly");
        String pair = cookie.substring(0, cookie.indexOf(';'));
        assertThat(tally(5, "/by-cookie", "cookie", pair)).isEqualTo(Map.of(first.header("x-target"), 5));
        assertAssigns(value -> tally(3, "/by-cookie", "cookie", "other=1; lb=" + value));
    }

    @Test
    void theFallbackAssignsRequestsWithoutTheFirstInput() {
        balance(
                "fallback",
                hashing("header", "hash_on_header", "x-user")
                        .put("hash_fallback", "query_arg")
                        .put("hash_fallback_query_arg", "user"));
        assertAssigns(value -> tally(3, "/fallback?user=" + value));
    }

    @Test
    void requestsWithNeitherInputAreAssignedAtRandom() {
        balance("chance", hashing("header", "hash_on_header", "x-user"));
        assertThat(tally(40, "/chance").keySet()).containsExactlyInAnyOrder("red", "blue");
    }
}
