package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests the forms of a reference in a body (docs/reference/admin-api.md#errors). */
class ReferencesTest {
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
    void aReferenceCanBeAnyUniqueFieldOfItsEntity() {
        JsonObject consumer = new JsonObject()
                .put(
                        "id",
                        node.put("/consumers/with-custom-id", Map.of("custom_id", "c-17"))
                                .id());

        Reply json = node.post("/key-auths", Map.of("consumer", Map.of("custom_id", "c-17")));
        Reply form = node.form("POST", "/key-auths", "consumer.custom_id=c-17");

        for (Reply created : List.of(json, form)) {
            assertThat(created.status()).as(created.text()).isEqualTo(201);
            assertThat(created.json().getJsonObject("consumer")).isEqualTo(consumer);
        }
        for (String field : List.of("custom_id", "created_at", "unknown")) {
            Reply refused = node.post("/key-auths", Map.of("consumer", Map.of(field, "c-18")));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.json().getInteger("code")).as(field).isEqualTo(13);
        }
    }

    @Test
    void aPatchCanNameAnotherEntityByAnyUniqueField() {
        node.put("/consumers/before", Map.of());
        String after =
                node.put("/consumers/after", Map.of("custom_id", "c-after")).id();
        String key = node.post("/consumers/before/key-auth", Map.of()).id();

        Reply patched = node.patch("/key-auths/" + key, Map.of("consumer", Map.of("custom_id", "c-after")));

        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        assertThat(patched.json().getJsonObject("consumer").getString("id")).isEqualTo(after);
    }
}
