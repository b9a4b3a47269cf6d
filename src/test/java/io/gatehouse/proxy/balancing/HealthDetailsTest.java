package io.gatehouse.proxy.balancing;

import static io.gatehouse.proxy.balancing.RedAndBlue.address;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The form in which the health of targets is reported: docs/reference/admin-api.md#health. */
class HealthDetailsTest {
    private static RedAndBlue targets;

    @BeforeAll
    static void start() {
        targets = new RedAndBlue();
    }

    @AfterAll
    static void stop() {
        targets.close();
    }

    private static JsonObject checked() {
        JsonObject unhealthy = new JsonObject().put("http_failures", 1);
        return new JsonObject()
                .put("healthchecks", new JsonObject().put("passive", new JsonObject().put("unhealthy", unhealthy)));
    }

    private static JsonObject weight(int total, int unavailable) {
        return new JsonObject()
                .put("total", total)
                .put("available", total - unavailable)
                .put("unavailable", unavailable);
    }

    @Test
    void theHealthOfATargetHasKongsDetails() {
        targets.balance("detailed", checked(), address(targets.red));
        String target = "/upstreams/detailed.upstream/targets/" + address(targets.red);
        targets.gatehouse.admin("PUT", target + "/unhealthy").isStatus(204);

        JsonObject data = targets.gatehouse
                .admin("GET", "/upstreams/detailed.upstream/health")
                .json()
                .getJsonArray("data")
                .getJsonObject(0)
                .getJsonObject("data");

        JsonObject peer = new JsonObject()
                .put("ip", "127.0.0.1")
                .put("port", targets.red.port())
                .put("weight", 100)
                .put("health", "UNHEALTHY");
        assertThat(data)
                .isEqualTo(new JsonObject()
                        .put("host", "127.0.0.1")
                        .put("port", targets.red.port())
                        .put("dns", "A")
                        .put("nodeWeight", 100)
                        .put("weight", weight(100, 100))
                        .put("addresses", new JsonArray().add(peer)));
    }

    private static JsonObject whole(String name) {
        JsonObject whole = targets.gatehouse
                .admin("GET", "/upstreams/" + name + ".upstream/health?balancer_health=1")
                .isStatus(200)
                .json()
                .getJsonObject("data");
        assertThat(whole.remove("id")).isNotNull();
        return whole;
    }

    @Test
    void theHealthOfAnUpstreamHasKongsDetails() {
        targets.balance("half", checked());
        targets.gatehouse
                .admin("PUT", "/upstreams/half.upstream/targets/" + address(targets.red) + "/unhealthy")
                .isStatus(204);
        assertThat(whole("half"))
                .isEqualTo(new JsonObject()
                        .put("health", "HEALTHY")
                        .put("balancer_health", "HEALTHY")
                        .put("details", new JsonObject().put("healthy", true).put("weight", weight(200, 100))));
    }

    @Test
    void withoutChecksTheHealthOfAnUpstreamIsOff() {
        targets.balance("off", new JsonObject());
        targets.balance("empty", new JsonObject(), new String[0]);
        assertThat(whole("off"))
                .isEqualTo(new JsonObject()
                        .put("health", "HEALTHCHECKS_OFF")
                        .put("balancer_health", "HEALTHY")
                        .put("details", new JsonObject().put("healthy", true).put("weight", weight(200, 0))));
        assertThat(whole("empty"))
                .isEqualTo(new JsonObject()
                        .put("health", "HEALTHCHECKS_OFF")
                        .put("balancer_health", "UNHEALTHY")
                        .put("details", new JsonObject().put("healthy", false).put("weight", weight(0, 0))));
    }
}
