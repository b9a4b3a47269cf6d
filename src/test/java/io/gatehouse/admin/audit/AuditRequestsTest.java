package io.gatehouse.admin.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.store.TestDatabase;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests what {@code GET /audit/requests} records (docs/reference/admin-api.md#audit). */
class AuditRequestsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    /** Returns how many records there are: fewer than a page has. */
    private static int recorded() {
        return node.get("/audit/requests").data().size();
    }

    private static JsonObject newest() {
        return node.get("/audit/requests?size=1").data().get(0);
    }

    private static JsonArray changes(JsonObject entry) {
        return entry.getJsonArray("changes");
    }

    /** Returns the changed fields of the only change of the newest request, by their paths. */
    private static JsonObject fields() {
        JsonArray changes = changes(newest());
        assertThat(changes).hasSize(1);
        JsonObject fields = new JsonObject();
        changes.getJsonObject(0).getJsonArray("fields").stream()
                .map(JsonObject.class::cast)
                .forEach(field -> fields.put(field.getString("field"), field));
        return fields;
    }

    @Test
    void aRecordHasTheFormOfKongEnterprise() {
        Reply created = node.post("/services", Map.of("name", "recorded", "host", "h"));

        JsonObject entry = newest();
        assertThat(entry.fieldNames())
                .containsExactlyInAnyOrder(
                        "client_ip",
                        "method",
                        "path",
                        "payload",
                        "rbac_user_id",
                        "rbac_user_name",
                        "removed_from_payload",
                        "request_id",
                        "request_source",
                        "request_timestamp",
                        "signature",
                        "status",
                        "ttl",
                        "workspace",
                        "changes");
        assertThat(entry.getString("request_id")).isEqualTo(created.header("X-Gatehouse-Request-Id"));
        assertThat(entry.getString("client_ip")).isEqualTo("127.0.0.1");
        assertThat(entry.getString("method")).isEqualTo("POST");
        assertThat(entry.getString("path")).isEqualTo("/services");
        assertThat(entry.getInteger("status")).isEqualTo(201);
        assertThat(entry.getLong("request_timestamp")).isCloseTo(System.currentTimeMillis() / 1000, within(60L));
        assertThat(entry.getLong("ttl"))
                .isBetween(
                        Duration.ofDays(30).toSeconds() - 60,
                        Duration.ofDays(30).toSeconds());
        assertThat(entry.getString("workspace"))
                .isEqualTo(node.get("/workspaces/default").id());
    }

    @Test
    void everyKindOfWriteHasItsDiff() {
        String id =
                node.post("/services", Map.of("name", "orders", "host", "h")).id();
        JsonObject created = changes(newest()).getJsonObject(0);
        assertThat(created.getString("entity")).isEqualTo("services");
        assertThat(created.getString("id")).isEqualTo(id);
        assertThat(created.getString("name")).isEqualTo("orders");
        assertThat(created.getString("operation")).isEqualTo("create");
        assertThat(fields().fieldNames()).containsExactlyInAnyOrder("name", "host");
        assertThat(fields().getJsonObject("host"))
                .isEqualTo(
                        new JsonObject().put("field", "host").putNull("before").put("after", "h"));

        node.patch("/services/orders", Map.of("host", "other", "retries", 7));
        assertThat(newest().getString("path")).isEqualTo("/services/orders");
        assertThat(fields())
                .isEqualTo(new JsonObject()
                        .put(
                                "host",
                                new JsonObject()
                                        .put("field", "host")
                                        .put("before", "h")
                                        .put("after", "other"))
                        .put(
                                "retries",
                                new JsonObject()
                                        .put("field", "retries")
                                        .put("before", 5)
                                        .put("after", 7)));

        node.put("/services/orders", Map.of("host", "other"));
        assertThat(newest().getInteger("status")).isEqualTo(200);
        assertThat(fields().fieldNames()).containsExactly("retries");

        node.delete("/services/orders");
        JsonObject deleted = changes(newest()).getJsonObject(0);
        assertThat(deleted.getString("operation")).isEqualTo("delete");
        assertThat(newest().getInteger("status")).isEqualTo(204);
        assertThat(fields().getJsonObject("host").getString("before")).isEqualTo("other");
    }

    @Test
    void theConfigOfAPluginIsComparedByItsFields() {
        String id = node.post("/plugins", Map.of("name", "rate-limiting", "config", Map.of("minute", 5)))
                .id();
        node.patch("/plugins/" + id, Map.of("config", Map.of("minute", 10, "redis", Map.of("password", "hunter2"))));

        assertThat(fields().getJsonObject("config.minute").getInteger("before")).isEqualTo(5);
        assertThat(fields().getJsonObject("config.minute").getInteger("after")).isEqualTo(10);
        assertThat(fields().getJsonObject("config.redis.password"))
                .isEqualTo(
                        new JsonObject().put("field", "config.redis.password").put("withheld", "secret"));
    }

    @Test
    void requestsThatChangeNothingAreNotRecorded() {
        int before = recorded();
        node.post("/services", Map.of("name", "unchanged", "host", "h"));

        node.get("/services");
        node.post("/services", Map.of("name", "unchanged", "host", "h"));
        node.post("/services", Map.of("nonsense", "x"));
        node.delete("/services/absent");
        node.patch("/services/unchanged", Map.of("host", "h"));
        node.post("/schemas/services/validate", Map.of("host", "h"));

        assertThat(recorded()).isEqualTo(before + 1);
    }

    @Test
    void aRequestThatWritesSeveralEntitiesHasOneRecord() {
        int before = recorded();
        node.put("/batches/consumers", Map.of("data", List.of(Map.of("username", "a"), Map.of("username", "b"))));
        JsonObject batch = newest();
        assertThat(batch.getString("path")).isEqualTo("/batches/consumers");
        assertThat(changes(batch).stream().map(change -> ((JsonObject) change).getString("name")))
                .containsExactlyInAnyOrder("a", "b");

        node.post("/routes", Map.of("name", "alone", "paths", List.of("/alone")));
        node.put("/routes/alone/service", Map.of("host", "h"));
        assertThat(changes(newest()).stream().map(change -> ((JsonObject) change).getString("entity")))
                .containsExactly("services", "routes");
        assertThat(recorded()).isEqualTo(before + 3);
    }

    @Test
    void aBulkRevocationHasOneRecordWithItsCount() {
        node.put("/consumers/alex", Map.of());
        String credential = node.post("/consumers/alex/oauth2", Map.of("name", "app", "client_id", "app"))
                .id();
        List<Map<String, Object>> tokens = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            tokens.add(Map.of(
                    "access_token",
                    "t" + i,
                    "expires_in",
                    60,
                    "authenticated_userid",
                    "user",
                    "credential",
                    Map.of("id", credential)));
        }
        node.put("/batches/oauth2_tokens", Map.of("data", tokens));
        Map<String, Object> another = new LinkedHashMap<>(tokens.get(0));
        another.put("access_token", "one-more");
        node.post("/oauth2_tokens", another);

        assertThat(node.delete("/oauth2_tokens?authenticated_userid=user")
                        .json()
                        .getInteger("deleted"))
                .isEqualTo(1_001);

        JsonObject entry = newest();
        assertThat(entry.getString("path")).isEqualTo("/oauth2_tokens");
        assertThat(changes(entry))
                .isEqualTo(new JsonArray()
                        .add(new JsonObject()
                                .put("entity", "oauth2_tokens")
                                .put("operation", "delete")
                                .put("count", 1_001)
                                .put("authenticated_userid", "user")
                                .putNull("credential")));
        int before = recorded();
        node.delete("/oauth2_tokens?authenticated_userid=user");
        assertThat(recorded()).isEqualTo(before);
    }

    @Test
    void theHealthThatAnOperatorSetsIsRecorded() {
        node.put("/upstreams/u", Map.of());
        String target = node.post("/upstreams/u/targets", Map.of("target", "127.0.0.1:80"))
                .id();
        assertThat(node.put("/upstreams/u/targets/" + target + "/unhealthy", Map.of())
                        .status())
                .isEqualTo(204);

        assertThat(newest().getString("path")).isEqualTo("/upstreams/u/targets/" + target + "/unhealthy");
        assertThat(newest().getInteger("status")).isEqualTo(204);
        assertThat(fields().getJsonObject("health").getString("after")).isEqualTo("UNHEALTHY");
    }

    @Test
    void withoutDaysNothingIsRecorded() {
        AdminConfig config = new AdminConfig(
                new ListenAddress("127.0.0.1", 0), Duration.ofSeconds(2), List.of(), true, null, Duration.ZERO, false);
        try (AdminNode silent = new AdminNode(TestDatabase.create(), config)) {
            assertThat(silent.post("/services", Map.of("host", "h")).status()).isEqualTo(201);
            silent.put("/upstreams/u", Map.of());
            silent.post("/upstreams/u/targets", Map.of("target", "127.0.0.1:80"));
            assertThat(silent.put("/upstreams/u/targets/127.0.0.1:80/healthy", Map.of())
                            .status())
                    .isEqualTo(204);

            assertThat(silent.get("/audit/requests").json())
                    .isEqualTo(new JsonObject().put("data", new JsonArray()).putNull("next"));
        }
    }
}
