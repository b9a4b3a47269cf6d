package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests {@code ttl} of keys and tokens (docs/reference/admin-api.md#entities). */
class ExpiringCredentialsTest {
    private static AdminNode node;
    private static String credential;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/consumers/alex", Map.of());
        credential = node.post("/consumers/alex/oauth2", Map.of("name", "app")).id();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static void awaitGone(String path) {
        await().atMost(Duration.ofSeconds(60)).until(() -> node.get(path).status() == 404);
    }

    @Test
    void aResponseShowsTheSecondsLeft() {
        Reply created = node.post("/consumers/alex/key-auth", Map.of("key", "long", "ttl", 5000));
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().getInteger("ttl")).isEqualTo(5000);
        for (JsonObject shown : List.of(
                node.get("/key-auths/long").json(),
                node.get("/consumers/alex/key-auth/long").json())) {
            assertThat(shown.getInteger("ttl")).isBetween(4000, 5000);
        }
        Reply patched = node.patch("/key-auths/long", Map.of("tags", List.of("x")));
        assertThat(patched.json().getInteger("ttl")).isBetween(4000, 5000);
        assertThat(node.patch("/key-auths/long", Map.of("ttl", 9000)).json().getInteger("ttl"))
                .isEqualTo(9000);
        assertThat(node.get("/key-auths/long").json().getInteger("ttl")).isBetween(8000, 9000);
    }

    @Test
    void aKeyWithoutAnEndHasNoTtl() {
        JsonObject endless =
                node.post("/consumers/alex/key-auth", Map.of("key", "endless")).json();
        assertThat(endless.containsKey("ttl")).isTrue();
        assertThat(endless.getValue("ttl")).isNull();
        assertThat(node.get("/key-auths/endless").json()).isEqualTo(endless);
        assertThat(node.post("/consumers/alex/key-auth", Map.of("key", "zero", "ttl", 0))
                        .json()
                        .getValue("ttl"))
                .isNull();
    }

    @Test
    void anExpiredKeyIsGoneAndItsValueIsAvailable() {
        String consumer = node.put("/consumers/brief", Map.of()).id();
        Reply created =
                node.post("/consumers/brief/key-auth", Map.of("key", "brief", "ttl", 1, "tags", List.of("brief-tag")));
        String id = created.id();
        awaitGone("/key-auths/brief");

        assertThat(node.get("/key-auths/" + id).status()).isEqualTo(404);
        assertThat(node.get("/consumers/brief/key-auth").data()).isEmpty();
        assertThat(node.get("/consumers/brief/key-auth/brief").status()).isEqualTo(404);
        assertThat(node.get("/key-auths/" + id + "/consumer").status()).isEqualTo(404);
        assertThat(node.get("/key-auths?size=1000").data())
                .noneMatch(key -> key.getString("id").equals(id));
        assertThat(node.get("/tags/brief-tag").data()).isEmpty();
        assertThat(node.patch("/key-auths/" + id, Map.of("tags", List.of("y"))).status())
                .isEqualTo(404);
        assertThat(node.delete("/consumers/brief/key-auth/" + id).status()).isEqualTo(404);

        Reply again = node.post("/key-auths", Map.of("key", "brief", "consumer", Map.of("id", consumer)));
        assertThat(again.status()).as(again.text()).isEqualTo(201);
        assertThat(again.id()).isNotEqualTo(id);
    }

    @Test
    void theValueOfAnExpiredKeyCanReplaceAnother() {
        node.post("/consumers/alex/key-auth", Map.of("key", "passing", "ttl", 1));
        String other =
                node.post("/consumers/alex/key-auth", Map.of("key", "other")).id();
        awaitGone("/key-auths/passing");

        Reply renamed = node.patch("/key-auths/" + other, Map.of("key", "passing"));

        assertThat(renamed.status()).as(renamed.text()).isEqualTo(200);
        assertThat(node.get("/key-auths/passing").id()).isEqualTo(other);
    }

    @Test
    void putCreatesAnExpiredKeyAgain() {
        String id = node.post("/consumers/alex/key-auth", Map.of("key", "again", "ttl", 1))
                .id();
        awaitGone("/key-auths/again");

        Reply put = node.put("/consumers/alex/key-auth/" + id, Map.of("key", "again"));

        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().getValue("ttl")).isNull();
        assertThat(node.get("/key-auths/again").id()).isEqualTo(id);
    }

    @Test
    void anExpiredTokenIsGone() {
        Map<String, Object> token = Map.of(
                "access_token", "brief-token", "expires_in", 5, "ttl", 1, "credential", Map.of("id", credential));
        String id = node.post("/oauth2_tokens", token).id();
        awaitGone("/oauth2_tokens/" + id);

        assertThat(node.get("/oauth2_tokens/brief-token").status()).isEqualTo(404);
        assertThat(node.get("/oauth2/" + credential + "/oauth2_tokens").data()).isEmpty();
        assertThat(node.get("/oauth2_tokens?size=1000").data())
                .noneMatch(one -> one.getString("id").equals(id));
        assertThat(node.post("/oauth2_tokens", token).status()).isEqualTo(201);
    }
}
