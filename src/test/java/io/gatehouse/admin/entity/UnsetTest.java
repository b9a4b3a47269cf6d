package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tests that a null unsets a value or is rejected, and is never ignored (docs/reference/admin-api.md#endpoints). */
class UnsetTest {
    /** A change of these is always ignored: the server determines them. */
    private static final Set<String> OF_THE_SERVER = Set.of("id", "created_at", "updated_at", "cert_digest");

    private static final String JWKS = "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","
            + "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","
            + "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}";

    private static final String JWK = "{\"kty\":\"oct\",\"k\":\"c2VjcmV0\",\"kid\":\"j\"}";

    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        put("/consumers/alex", Map.of("custom_id", "a-1", "tags", List.of("t")));
        put(
                "/services/whole",
                Map.of(
                        "host",
                        "a.test",
                        "path",
                        "/p",
                        "port",
                        81,
                        "retries",
                        1,
                        "tags",
                        List.of("t"),
                        "protocol",
                        "https",
                        "tls_verify",
                        true));
        put(
                "/services/whole/routes/whole",
                Map.of(
                        "paths",
                        List.of("/p"),
                        "hosts",
                        List.of("h.test"),
                        "methods",
                        List.of("GET"),
                        "headers",
                        Map.of("X", List.of("y")),
                        "tags",
                        List.of("t"),
                        "strip_path",
                        false));
        put("/upstreams/whole", Map.of("tags", List.of("t"), "slots", 100, "host_header", "h.test"));
        post("/upstreams/whole/targets", Map.of("target", "10.0.0.1:80", "weight", 5, "tags", List.of("t")));
        post(
                "/services/whole/plugins",
                Map.of("name", "key-auth", "tags", List.of("t"), "enabled", false, "instance_name", "named"));
        List<String> tags = List.of("t");
        post("/consumers/alex/key-auth", Map.of("key", "k", "ttl", 5_000, "tags", tags));
        post("/consumers/alex/jwt", Map.of("key", "k", "secret", "s", "tags", tags));
        post("/consumers/alex/basic-auth", Map.of("username", "u", "password", "p", "tags", tags));
        post("/consumers/alex/hmac-auth", Map.of("username", "u", "secret", "s", "tags", tags));
        post("/consumers/alex/acls", Map.of("group", "g", "tags", tags));
        Reply client = post(
                "/consumers/alex/oauth2",
                Map.of("name", "app", "client_id", "c", "tags", tags, "redirect_uris", List.of("http://c.test/")));
        post(
                "/oauth2/c/metadata",
                Map.of("token_endpoint_auth_method", "client_secret_post", "jwks", JWKS, "tags", tags));
        post("/oauth2/c/secrets", Map.of("tags", tags));
        post(
                "/oauth2_tokens",
                Map.of(
                        "credential",
                        Map.of("id", client.id()),
                        "access_token",
                        "a",
                        "refresh_token",
                        "r",
                        "ttl",
                        5_000,
                        "expires_in",
                        60,
                        "scope",
                        "s",
                        "authenticated_userid",
                        "o"));
        put("/vaults/whole", Map.of("name", "env", "description", "d", "tags", tags, "config", Map.of("prefix", "P_")));
        createCertificatesAndKeys(tags);
    }

    private static void createCertificatesAndKeys(List<String> tags) {
        String certificate = post(
                        "/certificates",
                        Map.of(
                                "cert",
                                Pem.read("rsa.pem"),
                                "key",
                                Pem.read("rsa.key"),
                                "cert_alt",
                                Pem.read("ec.pem"),
                                "key_alt",
                                Pem.read("ec.key"),
                                "snis",
                                List.of("whole.test"),
                                "tags",
                                tags))
                .id();
        Map<String, Object> reference = Map.of("id", certificate);
        post("/snis", Map.of("name", "*.whole.test", "certificate", reference, "tags", tags));
        post("/ca_certificates", Map.of("cert", Pem.read("authority.pem"), "tags", tags));
        put("/key-sets/whole", Map.of("name", "whole", "tags", tags));
        Map<String, Object> set = Map.of("name", "whole");
        post("/keys", Map.of("name", "jwk", "kid", "j", "jwk", JWK, "set", set, "tags", tags));
        Map<String, Object> pem = Map.of("private_key", Pem.read("rsa.key"));
        post("/keys", Map.of("name", "pem", "kid", "p", "pem", pem, "set", set, "tags", tags));
    }

    private static void put(String path, Map<String, Object> values) {
        Reply made = node.put(path, values);
        assertThat(made.status()).as(made.text()).isEqualTo(200);
    }

    private static Reply post(String path, Map<String, Object> values) {
        Reply made = node.post(path, values);
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made;
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @TestFactory
    Stream<DynamicTest> nullOfAField_unsetsItOrIsRejected() {
        List<DynamicTest> tests = new ArrayList<>();
        // Certificates last, because the SNIs of one end when its field is unset.
        List<EntitySchema> schemas = EntitySchemas.all().stream()
                .sorted(Comparator.comparing(schema -> schema.name().equals("certificates")))
                .toList();
        for (EntitySchema schema : schemas) {
            String path = "/" + schema.path();
            Reply listed = schema.name().equals("targets") ? node.get("/upstreams/whole/targets") : node.get(path);
            if (listed.status() != 200) {
                continue;
            }
            for (JsonObject entity : listed.data()) {
                String one = (schema.name().equals("targets") ? "/upstreams/whole/targets" : path) + "/"
                        + entity.getString("id");
                entity.fieldNames().stream()
                        .filter(name -> entity.getValue(name) != null && !OF_THE_SERVER.contains(name))
                        .forEach(name -> tests.add(DynamicTest.dynamicTest(
                                schema.name() + " " + name,
                                () -> isUnsetOrRejected(
                                        schema.field(name).orElseThrow(), one, entity.getValue(name)))));
            }
        }
        assertThat(tests)
                .extracting(DynamicTest::getDisplayName)
                .hasSizeGreaterThan(50)
                .contains(
                        "oauth2_metadata credential",
                        "oauth2_metadata token_endpoint_auth_method",
                        "oauth2_metadata jwks",
                        "oauth2_metadata tags",
                        "oauth2_secrets credential",
                        "oauth2_secrets client_secret",
                        "oauth2_secrets hash_secret",
                        "oauth2_secrets tags",
                        "certificates cert",
                        "certificates key",
                        "certificates cert_alt",
                        "certificates key_alt",
                        "certificates snis",
                        "certificates tags",
                        "snis name",
                        "snis certificate",
                        "snis tags",
                        "ca_certificates cert",
                        "ca_certificates tags",
                        "key_sets name",
                        "key_sets tags",
                        "keys set",
                        "keys name",
                        "keys kid",
                        "keys jwk",
                        "keys pem",
                        "keys tags");
        return tests.stream();
    }

    private static void isUnsetOrRejected(Field field, String path, Object before) {
        Reply patched = node.patch(path, new JsonObject().putNull(field.name()));
        if (patched.status() == 400) {
            assertThat(Objects.requireNonNull(node.get(path).json().getValue(field.name())))
                    .isEqualTo(before);
            return;
        }
        assertThat(patched.status()).as(patched.text()).isEqualTo(200);
        Object after = node.get(path).json().getValue(field.name());
        assertThat(patched.json().getValue(field.name())).isEqualTo(after);
        Object fallback =
                field.keysOf().isPresent() ? List.of() : field.attributes().get("default");
        // As text, because a number has another type in JSON.
        assertThat(Json.encode(after)).isEqualTo(Json.encode(fallback));
    }

    @Test
    void generatedValue_cannotBeUnset() {
        Reply refused = node.patch("/key-auths/k", new JsonObject().putNull("key"));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getJsonObject("fields"))
                .isEqualTo(new JsonObject().put("key", "cannot be null: omit it to keep its value"));
        assertThat(node.patch("/oauth2_tokens/a", new JsonObject().putNull("access_token"))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void lifetime_endsWithZeroOrNull() {
        for (String path : List.of("/key-auths/", "/oauth2_tokens/")) {
            for (Object ttl : new Object[] {0, null}) {
                String id = create(path, ttl);
                JsonObject patched =
                        node.patch(path + id, new JsonObject().put("ttl", ttl)).json();
                assertThat(patched.getValue("ttl")).as(path).isNull();
                assertThat(node.get(path + id).json().getValue("ttl")).isNull();

                Reply limited = node.patch(path + id, Map.of("ttl", 60));
                assertThat(limited.json().getInteger("ttl")).as(limited.text()).isBetween(0, 60);
                assertThat(node.get(path + id).json().getInteger("ttl")).isBetween(0, 60);
            }
        }
    }

    private static String create(String path, Object ttl) {
        String value = "expiring-" + ttl;
        // Another test unsets the names of the shared entities.
        String consumer = node.post("/consumers", Map.of("username", value + path.length()))
                .id();
        if (path.equals("/key-auths/")) {
            return node.post("/consumers/" + consumer + "/key-auth", Map.of("key", value, "ttl", 5_000))
                    .id();
        }
        String application = node.post("/consumers/" + consumer + "/oauth2", Map.of("name", "expiring"))
                .id();
        return node.post(
                        "/oauth2/" + application + "/oauth2_tokens",
                        Map.of("access_token", value, "ttl", 5_000, "expires_in", 60))
                .id();
    }
}
