package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests the endpoints of Upstreams and targets (docs/reference/admin-api.md#entities). */
class UpstreamEndpointsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void anUpstreamHasKongsDefaults() {
        JsonObject upstream =
                node.post("/upstreams", Map.of("name", "defaults")).json();

        assertThat(upstream.getString("algorithm")).isEqualTo("round-robin");
        assertThat(upstream.getInteger("slots")).isEqualTo(10_000);
        assertThat(upstream.getString("hash_on")).isEqualTo("none");
        assertThat(upstream.getString("hash_on_cookie_path")).isEqualTo("/");
        JsonObject active = upstream.getJsonObject("healthchecks").getJsonObject("active");
        assertThat(active.getString("http_path")).isEqualTo("/");
        assertThat(active.getInteger("concurrency")).isEqualTo(10);
        assertThat(active.getJsonObject("healthy").getJsonArray("http_statuses"))
                .isEqualTo(new JsonArray().add(200).add(302));
        assertThat(active.getJsonObject("unhealthy").getJsonArray("http_statuses"))
                .isEqualTo(new JsonArray(List.of(429, 404, 500, 501, 502, 503, 504, 505)));
    }

    @Test
    void aPatchMergesNestedHealthChecks() {
        node.post("/upstreams", Map.of("name", "deep"));

        JsonObject patched = node.patch(
                        "/upstreams/deep",
                        new JsonObject("{\"healthchecks\":{\"active\":{\"healthy\":{\"interval\":5}}}}"))
                .json();

        JsonObject active = patched.getJsonObject("healthchecks").getJsonObject("active");
        assertThat(active.getJsonObject("healthy").getInteger("interval")).isEqualTo(5);
        assertThat(active.getJsonObject("unhealthy").getInteger("interval")).isZero();
    }

    @Test
    void theInputOfAHashSelectsItsAlgorithm() {
        Reply created = node.post("/upstreams", Map.of("name", "hashed", "hash_on", "ip"));
        assertThat(created.json().getString("algorithm")).isEqualTo("consistent-hashing");
        assertThat(algorithmAfter(new JsonObject().put("hash_on", "none"))).isEqualTo("round-robin");
        assertThat(algorithmAfter(new JsonObject().put("hash_on", "consumer"))).isEqualTo("consistent-hashing");
        assertThat(algorithmAfter(new JsonObject().put("slots", 20))).isEqualTo("consistent-hashing");
    }

    @Test
    void theAlgorithmThatAClientNamesRemains() {
        node.post("/upstreams", Map.of("name", "hashed", "algorithm", "latency"));
        assertThat(algorithmAfter(new JsonObject().put("hash_on", "ip").put("algorithm", "least-connections")))
                .isEqualTo("least-connections");
        assertThat(algorithmAfter(new JsonObject().putNull("hash_on"))).isEqualTo("least-connections");
    }

    private static String algorithmAfter(JsonObject patch) {
        return node.patch("/upstreams/hashed", patch).json().getString("algorithm");
    }

    @AfterEach
    void deleteHashed() {
        node.delete("/upstreams/hashed");
    }

    @ParameterizedTest
    @CsvSource({
        "hash_on,header,failed conditional validation given value of field 'hash_on'",
        "hash_on,cookie,failed conditional validation given value of field 'hash_on'",
        "hash_fallback,ip,failed conditional validation given value of field 'hash_on'",
        "hash_on,unknown,'expected one of: none, consumer, ip, header, cookie, path, query_arg, uri_capture'",
        "name,127.0.0.1,Invalid name ('127.0.0.1'); no ip addresses allowed",
        "slots,5,value should be between 10 and 65536",
        "host_header,a b,invalid hostname: a b"
    })
    void anInvalidFieldIsRejected(String field, String value, String violation) {
        Reply reply = node.form(
                "POST",
                "/upstreams",
                (field.equals("name") ? "" : "name=refused&") + field + "=" + value.replace(" ", "%20"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getInteger("code")).isEqualTo(2);
        assertThat(reply.json().getString("message")).contains(violation);
    }

    @Test
    void theNameOfACookieIsAToken() {
        Reply reply =
                node.post("/upstreams", Map.of("name", "cookies", "hash_on", "cookie", "hash_on_cookie", "s.id!"));
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
    }

    @Test
    void aTargetIsFoundBelowItsUpstreamByItsAddress() {
        node.post("/upstreams", Map.of("name", "one"));
        node.post("/upstreams", Map.of("name", "two"));

        Reply created = node.post("/upstreams/one/targets", Map.of("target", "10.0.0.1"));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().getString("target")).isEqualTo("10.0.0.1:8000");
        assertThat(created.json().getInteger("weight")).isEqualTo(100);

        assertThat(node.get("/upstreams/one/targets/10.0.0.1:8000").id()).isEqualTo(created.id());
        assertThat(node.get("/upstreams/two/targets/10.0.0.1:8000").status()).isEqualTo(404);
        assertThat(node.get("/targets/10.0.0.1:8000").status()).isEqualTo(404);
        assertThat(node.put("/upstreams/two/targets/10.0.0.1:8000", Map.of("weight", 5))
                        .status())
                .isEqualTo(200);
        assertThat(node.put("/upstreams/two/targets/10.0.0.1:8000", Map.of("weight", 7))
                        .status())
                .isEqualTo(200);
        assertThat(node.get("/upstreams/two/targets/all").data()).hasSize(1);
        assertThat(node.get("/upstreams/two/targets").data().get(0).getInteger("weight"))
                .isEqualTo(7);
        assertThat(node.get("/upstreams/one/targets").data().get(0).getInteger("weight"))
                .isEqualTo(100);
        assertThat(node.delete("/upstreams/two/targets/10.0.0.1:8000").status()).isEqualTo(204);
        assertThat(node.get("/upstreams/two/targets").data()).isEmpty();
        assertThat(node.get("/upstreams/one/targets").data()).hasSize(1);
    }

    @Test
    void equivalentFormsOfATargetAreOneTarget() {
        node.post("/upstreams", Map.of("name", "once"));
        node.post("/upstreams/once/targets", Map.of("target", "host.test:8000"));

        Reply again = node.post("/upstreams/once/targets", Map.of("target", "HOST.test"));

        assertThat(again.status()).isEqualTo(409);
        assertThat(again.json().getInteger("code")).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "a b",
                "host:0",
                "host:70000",
                "http://host",
                "[::1",
                "a/b",
                "123",
                "1.2.3:80",
                "1.2.3.256",
                "a-:80",
                "::g"
            })
    void aTargetIsAHostAndAPort(String target) {
        node.put("/upstreams/strict", Map.of());
        Reply reply = node.post("/upstreams/strict/targets", Map.of("target", target));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getInteger("code")).isEqualTo(2);
    }

    @Test
    void deletingAnUpstreamDeletesItsTargets() {
        node.post("/upstreams", Map.of("name", "going"));
        String target =
                node.post("/upstreams/going/targets", Map.of("target", "t:1")).id();

        node.delete("/upstreams/going");

        assertThat(node.get("/targets/" + target).status()).isEqualTo(404);
    }
}
