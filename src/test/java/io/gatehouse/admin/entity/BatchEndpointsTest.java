package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the writes of many entities in one request (docs/reference/admin-api.md#batches). */
class BatchEndpointsTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @BeforeEach
    void clearThePublishedWrites() {
        node.announced.clear();
    }

    private static Reply put(String path, Object... entities) {
        return node.put("/batches/" + path, Map.of("data", List.of(entities)));
    }

    private static Map<String, Object> service(String id, String name, String host) {
        return Map.of("id", id, "name", name, "host", host);
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }

    @Test
    void batch_createsAndReplacesEntities_inOneVersion() {
        String existing = node.post("/services", Map.of("name", "existing", "host", "h", "retries", 2))
                .id();
        String created = id();
        node.announced.clear();
        long version = node.catalogVersion();

        Reply reply = put("services", service(created, "created", "h"), service(existing, "existing", "other"));

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(reply.data()).extracting(entity -> entity.getString("id")).containsExactly(created, existing);
        assertThat(node.get("/services/created").json()).isEqualTo(reply.data().get(0));
        assertThat(node.get("/services/existing").json()).isEqualTo(reply.data().get(1));
        // A replacement sets defaults, as PUT of one entity does.
        assertThat(reply.data().get(1).getInteger("retries")).isEqualTo(5);
        assertThat(node.catalogVersion()).isEqualTo(version + 1);
        assertThat(node.announced)
                .singleElement()
                .satisfies(written -> assertThat(written.catalogVersion()).isEqualTo(version + 1));
        assertThat(reply.header("X-Gatehouse-Catalog-Version")).isEqualTo(Long.toString(version + 1));
    }

    @Test
    void batch_changesNothing_whenAnEntityIsRejected() {
        long version = node.catalogVersion();
        String name = "rejected-" + id();

        Reply invalid = put("services", service(id(), "a-" + name, "h"), Map.of("name", "b-" + name));
        Reply taken = put(
                "services",
                service(id(), "a-" + name, "h"),
                service(id(), "b-" + name, "h"),
                service(id(), "a-" + name, "h"),
                service(id(), "c-" + name, "h"));
        Reply dangling = put(
                "routes",
                Map.of("name", "a-" + name, "paths", List.of("/")),
                Map.of("name", "b-" + name, "paths", List.of("/"), "service", Map.of("id", id())));

        assertThat(invalid.status()).isEqualTo(400);
        assertThat(invalid.json().getInteger("index")).isEqualTo(1);
        assertThat(invalid.json().getJsonObject("fields"))
                .isEqualTo(new JsonObject().put("host", "required field missing"));
        assertThat(taken.status()).as(taken.text()).isEqualTo(409);
        assertThat(taken.json().getInteger("index")).isEqualTo(2);
        assertThat(taken.json().getInteger("code")).isEqualTo(5);
        assertThat(dangling.status()).as(dangling.text()).isEqualTo(400);
        assertThat(dangling.json().getInteger("index")).isEqualTo(1);
        assertThat(dangling.json().getInteger("code")).isEqualTo(4);
        assertThat(node.get("/services/a-" + name).status()).isEqualTo(404);
        assertThat(node.catalogVersion()).isEqualTo(version);
        assertThat(node.announced).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|data must be a list of entities",
                "{\"data\": {}}|data must be a list of entities",
                "{\"data\": [1]}|data must be a list of entities",
                "{\"data\": [{\"id\": \"x\"}]}|schema violation (id: expected a valid UUID)",
            })
    void malformedBatch_isRejected(String body, String message) {
        Reply reply = node.send("PUT", "/batches/services", "application/json", body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getString("message")).isEqualTo(message);
    }

    @Test
    void batch_isBounded() {
        JsonArray many = new JsonArray();
        IntStream.rangeClosed(0, BatchEndpoints.MAX_ENTITIES).forEach(i -> many.add(new JsonObject().put("host", "h")));

        Reply reply = node.put("/batches/services", new JsonObject().put("data", many));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getString("message")).isEqualTo("data must not have more than 1000 entities");
    }

    @Test
    void entityThatIsTwiceInABatch_isRejected() {
        String id = id();

        Reply reply = put("services", service(id, "twice", "h"), service(id, "twice", "h"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().getInteger("index")).isEqualTo(1);
    }

    @Test
    void emptyBatch_changesNothing() {
        assertThat(put("services").json()).isEqualTo(new JsonObject().put("data", new JsonArray()));
        assertThat(node.announced).isEmpty();
    }

    @Test
    void batch_hashesSecrets() {
        String consumer = node.post("/consumers", Map.of("username", "batched")).id();
        Map<String, Object> application = Map.of(
                "name", "app", "consumer", Map.of("id", consumer), "client_secret", "secret", "hash_secret", true);

        List<JsonObject> stored = put("oauth2", application, application).data();

        assertThat(stored)
                .hasSize(2)
                .allSatisfy(one -> assertThat(one.getString("client_secret")).startsWith("$pbkdf2"));
    }

    @Test
    void concurrentBatchesOfTheSameEntities_allSucceed() {
        List<Map<String, Object>> entities = IntStream.range(0, 50)
                .mapToObj(i -> service(id(), "concurrent-" + i, "h"))
                .toList();
        List<Map<String, Object>> reversed =
                IntStream.range(0, 50).mapToObj(i -> entities.get(49 - i)).toList();

        List<CompletableFuture<Reply>> replies = IntStream.range(0, 4)
                .mapToObj(i ->
                        node.jsonAsync("PUT", "/batches/services", Map.of("data", i % 2 == 0 ? entities : reversed)))
                .toList();

        assertThat(replies)
                .allSatisfy(reply -> assertThat(reply.join().status())
                        .as(reply.join().text())
                        .isEqualTo(200));
    }

    @Test
    void certificatesOfABatch_haveTheirSnis() {
        JsonObject pair = new JsonObject()
                .put("cert", Pem.read("rsa.pem"))
                .put("key", Pem.read("rsa.key"))
                .put("snis", new JsonArray().add("batched.example"));
        long version = node.catalogVersion();

        Reply reply = node.put("/batches/certificates", new JsonObject().put("data", new JsonArray().add(pair)));

        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        assertThat(node.get("/snis/batched.example").status()).isEqualTo(200);
        assertThat(node.catalogVersion()).isEqualTo(version + 1);
    }
}
