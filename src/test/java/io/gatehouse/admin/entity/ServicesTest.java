package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests create, read, update and delete on Services. */
class ServicesTest {
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
    void aServiceIsCreatedFromAUrlWithEveryDefaultFilledIn() {
        Reply created = node.post("/services", Map.of("name", "from-url", "url", "https://my_upstream/anything"));

        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("Content-Type")).isEqualTo("application/json; charset=utf-8");
        assertThat(created.header("Server")).isEqualTo("gatehouse/0.0.0-test");
        assertThat(created.header("X-Gatehouse-Admin-Latency")).matches("\\d+");
        assertThat(created.header("X-Gatehouse-Catalog-Version")).isEqualTo(Long.toString(node.catalogVersion()));
        JsonObject service = created.json();
        assertThat(service.getLong("created_at")).isPositive();
        assertThat(service.getLong("updated_at")).isPositive();
        service.remove("id");
        service.remove("created_at");
        service.remove("updated_at");
        assertThat(service)
                .isEqualTo(new JsonObject()
                        .put("name", "from-url")
                        .put("protocol", "https")
                        .put("host", "my_upstream")
                        .put("port", 443)
                        .put("path", "/anything")
                        .put("retries", 5)
                        .put("connect_timeout", 60_000)
                        .put("write_timeout", 60_000)
                        .put("read_timeout", 60_000)
                        .putNull("tags")
                        .putNull("client_certificate")
                        .putNull("tls_verify")
                        .putNull("tls_verify_depth")
                        .putNull("ca_certificates")
                        .put("enabled", true));
    }

    @Test
    void aServiceIsFoundByIdAndByNameInAnySpelling() {
        String id = node.post("/services", Map.of("name", "findable~é", "host", "h"))
                .id();

        assertThat(node.get("/services/" + id).id()).isEqualTo(id);
        assertThat(node.get("/services/" + id.toUpperCase(java.util.Locale.ROOT))
                        .id())
                .isEqualTo(id);
        assertThat(node.get("/services/findable~%C3%A9").id()).isEqualTo(id);
        assertThat(node.get("/services/%66indable%7E%C3%A9/").id()).isEqualTo(id);
        assertThat(node.get("/default/services/" + id).id()).isEqualTo(id);
    }

    @Test
    void aNameWithTheDigitsOfAnIdInOtherGroupsIsAName() {
        String name = "2024-0001-0002-0003-0000000000000001";
        Reply created = node.put("/services/" + name, Map.of("host", "h"));

        assertThat(created.status()).as(created.text()).isEqualTo(200);
        assertThat(created.json().getString("name")).isEqualTo(name);
        assertThat(node.put("/services/" + name, Map.of("host", "i")).id()).isEqualTo(created.id());
        assertThat(node.delete("/services/" + name).status()).isEqualTo(204);
        assertThat(node.get("/services/" + created.id()).status()).isEqualTo(404);
        assertThat(node.get("/ca_certificates/" + name).message())
                .isEqualTo("invalid primary key: '{id=\"expected a valid UUID\"}'");
    }

    @Test
    void aMissingEntityIsNotFoundAndDeletedWithoutError() {
        for (String path : List.of("/services/absent", "/services/" + UUID.randomUUID())) {
            assertThat(node.get(path).status()).isEqualTo(404);
            assertThat(node.get(path).text()).isEqualTo("{\"message\":\"Not found\"}");
            assertThat(node.patch(path, Map.of("host", "h")).status()).isEqualTo(404);
            assertThat(node.delete(path).status()).isEqualTo(204);
        }
    }

    @Test
    void aPatchOfAMissingEntityNamesIt() {
        assertThat(node.patch("/services/absent", Map.of("host", "h")).json())
                .isEqualTo(new JsonObject()
                        .put("code", 6)
                        .put("name", "not found")
                        .put("message", "could not find the entity with '{name=\"absent\"}'")
                        .put("fields", new JsonObject().put("name", "absent")));
        String id = UUID.randomUUID().toString();
        assertThat(node.patch("/routes/" + id, Map.of("paths", List.of("/"))).json())
                .isEqualTo(new JsonObject()
                        .put("code", 6)
                        .put("name", "not found")
                        .put("message", "could not find the entity with primary key '{id=\"" + id + "\"}'")
                        .put("fields", new JsonObject().put("id", id)));
        assertThat(node.patch("/oauth2_tokens/a-token", Map.of("expires_in", 1))
                        .json()
                        .getJsonObject("fields"))
                .isEqualTo(new JsonObject().put("access_token", "a-token"));
    }

    @Test
    void createdAtMayBeInMilliseconds() {
        Reply put = node.put("/upstreams/millis", Map.of("created_at", 1764349548123L));
        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().getLong("created_at")).isEqualTo(1764349548123L);
        assertThat(node.put("/upstreams/later", Map.of("created_at", 9_007_199_254_740_993L))
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aRequiredFieldCannotBeUnset() {
        node.put("/services/whole", Map.of("host", "h"));
        for (String field : List.of("host", "port", "protocol", "enabled")) {
            JsonObject unset = new JsonObject().putNull(field);
            for (Reply reply : List.of(
                    node.patch("/services/whole", unset),
                    node.put(
                            "/services/whole", new JsonObject().put("host", "h").mergeIn(unset)))) {
                assertThat(reply.status()).as(field).isEqualTo(400);
                assertThat(reply.json().getJsonObject("fields").getString(field))
                        .isEqualTo("required field missing");
            }
        }
        assertThat(node.patch("/services/whole", new JsonObject().putNull("retries"))
                        .json()
                        .getInteger("retries"))
                .isEqualTo(5);
    }

    @Test
    void putCreatesUnderTheIdInThePathAndThenReplaces() {
        String id = UUID.randomUUID().toString();
        Reply created = node.put("/services/" + id, Map.of("name", "put-by-id", "host", "one", "retries", 1));
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.id()).isEqualTo(id);

        Reply replaced = node.put(
                "/services/" + id,
                Map.of("id", UUID.randomUUID().toString(), "host", "two", "created_at", 1, "updated_at", 1));
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.id()).as("id of the path").isEqualTo(id);
        assertThat(replaced.json().getString("name"))
                .as("absent fields have their defaults")
                .isNull();
        assertThat(replaced.json().getInteger("retries")).isEqualTo(5);
        assertThat(replaced.json().getLong("created_at"))
                .isEqualTo(created.json().getLong("created_at"));
        assertThat(replaced.json().getLong("updated_at")).isGreaterThan(1);
        assertThat(node.get("/services/" + id).json()).isEqualTo(replaced.json());
    }

    @Test
    void putByNameCreatesThatNameAndKeepsItsId() {
        Reply created = node.put("/services/put-by-name", Map.of("host", "one"));
        assertThat(created.status()).isEqualTo(200);
        assertThat(created.json().getString("name")).isEqualTo("put-by-name");

        Reply replaced = node.put("/services/put-by-name", Map.of("host", "two"));
        assertThat(replaced.id()).isEqualTo(created.id());
        assertThat(replaced.json().getString("host")).isEqualTo("two");
    }

    @Test
    void patchChangesTheGivenFieldsAndNullUnsets() {
        node.post("/services", Map.of("name", "patched", "url", "http://one/path", "tags", List.of("a", "b")));

        Reply patched =
                node.patch("/services/patched", new JsonObject().put("port", 81).putNull("path"));
        assertThat(patched.status()).isEqualTo(200);
        assertThat(patched.json().getInteger("port")).isEqualTo(81);
        assertThat(patched.json().getString("path")).isNull();
        assertThat(patched.json().getString("host")).isEqualTo("one");

        JsonObject after = node.patch("/services/patched", Map.of("url", "https://two", "tags", List.of("c")))
                .json();
        assertThat(after.getString("protocol")).isEqualTo("https");
        assertThat(after.getInteger("port")).isEqualTo(443);
        assertThat(after.getJsonArray("tags")).as("arrays replace").isEqualTo(new JsonArray().add("c"));
    }

    @Test
    void aWriteWithoutChangesCreatesNoVersion() {
        Map<String, Object> service =
                Map.of("host", "same", "tags", List.of("x"), "tls_verify_depth", 3, "protocol", "https");
        node.put("/services/unchanged", service);
        long version = node.catalogVersion();

        Reply again = node.put("/services/unchanged", service);

        assertThat(again.status()).isEqualTo(200);
        assertThat(node.catalogVersion()).isEqualTo(version);
        assertThat(again.header("X-Gatehouse-Catalog-Version"))
                .as("the one this node serves")
                .isEqualTo("7");
    }

    @Test
    void aServiceWithRoutesIsKeptAndItsPluginsAreDeletedWithIt() {
        node.post("/services", Map.of("name", "in-use", "host", "h"));
        String route = node.post("/services/in-use/routes", Map.of("paths", List.of("/in-use")))
                .id();

        Reply refused = node.delete("/services/in-use");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json())
                .isEqualTo(new JsonObject()
                        .put("code", 4)
                        .put("name", "foreign key violation")
                        .put("message", "an existing 'routes' entity references this 'services' entity")
                        .put("fields", new JsonObject().put("@referenced_by", "routes")));

        String plugin = node.post(
                        "/services/in-use/plugins",
                        Map.of("name", "oauth2", "config", Map.of("enable_client_credentials", true)))
                .id();
        node.delete("/routes/" + route);
        assertThat(node.delete("/services/in-use").status()).isEqualTo(204);
        assertThat(node.get("/plugins/" + plugin).status()).isEqualTo(404);
    }
}
