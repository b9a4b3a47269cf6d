package io.gatehouse.admin.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that no record of the audit trail contains a secret. */
class AuditedSecretsTest {
    private AdminNode node;

    @BeforeEach
    void start() {
        node = new AdminNode();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void noRecordContainsASecret() {
        node.put("/consumers/alex", Map.of());
        List<String> paths = new ArrayList<>();
        for (Map.Entry<String, Map<String, Object>> credential : Map.<String, Map<String, Object>>of(
                        "key-auth", Map.of("key", "hunter-1"),
                        "basic-auth", Map.of("username", "alex", "password", "hunter-2"),
                        "hmac-auth", Map.of("username", "alex", "secret", "hunter-3"),
                        "jwt", Map.of("key", "issuer", "secret", "hunter-4"),
                        "oauth2", Map.of("name", "app", "client_id", "app", "client_secret", "hunter-5"))
                .entrySet()) {
            String below = "/consumers/alex/" + credential.getKey();
            paths.add(below + "/" + node.post(below, credential.getValue()).id());
        }
        String token = node.post(
                        "/oauth2_tokens",
                        Map.of(
                                "access_token",
                                "hunter-6",
                                "refresh_token",
                                "hunter-7",
                                "expires_in",
                                60,
                                "credential",
                                Map.of("client_id", "app")))
                .id();
        node.patch("/oauth2_tokens/hunter-6", Map.of("scope", "email", "access_token", "hunter-8"));
        node.patch("/consumers/alex/basic-auth/alex", Map.of("password", "hunter-9"));
        node.patch("/oauth2/app", Map.of("client_secret", "hunter-10", "hash_secret", true));
        String second = node.post("/oauth2/app/secrets", Map.of("client_secret", "hunter-13"))
                .id();
        node.patch("/oauth2_secrets/" + second, Map.of("client_secret", "hunter-14", "hash_secret", false));
        node.put("/consumers/alex/key-auth/hunter-11", Map.of());
        String plugin = node.post(
                        "/plugins",
                        Map.of(
                                "name",
                                "oauth2",
                                "config",
                                Map.of("enable_client_credentials", true, "provision_key", "hunter-12")))
                .id();
        node.delete("/oauth2_tokens/hunter-8");
        node.delete("/plugins/" + plugin);
        paths.forEach(node::delete);

        List<JsonObject> entries = node.get("/audit/requests?size=1000").data();
        assertThat(entries).hasSizeGreaterThan(15);
        assertThat(node.get("/audit/requests?size=1000").text())
                .doesNotContain("hunter")
                .doesNotContain("$pbkdf2")
                .contains("{\"field\":\"client_secret\",\"withheld\":\"secret\"}");
        assertThat(entries.stream().map(entry -> entry.getString("path")))
                .contains(
                        "/oauth2_tokens/{oauth2_tokens}",
                        "/consumers/alex/key-auth/{keyauth_credentials}",
                        "/oauth2/app");
        assertThat(node.get("/audit/requests?entity_id=" + token).data()).hasSize(3);
        assertThat(node.get("/audit/requests?entity_id=" + second).data()).hasSizeGreaterThanOrEqualTo(2);
    }

    @Test
    void aPrivateKeyIsNotRecorded() {
        node.post(
                "/certificates",
                Map.of("cert", Pem.read("rsa.pem"), "key", Pem.read("rsa.key"), "snis", List.of("audit.example")));

        String text = node.get("/audit/requests").text();
        assertThat(text).doesNotContain("PRIVATE KEY");
        assertThat(node.get("/audit/requests?size=1").data().get(0).getJsonArray("changes").stream()
                        .map(change -> ((JsonObject) change).getString("entity")))
                .containsExactlyInAnyOrder("certificates", "snis");
    }
}
