package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.testing.Pem;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests nested paths and referenced entities (docs/reference/admin-api.md#endpoints). */
class NestedEndpointsTest {
    private static final Map<String, Object> PLUGIN =
            Map.of("name", "oauth2", "config", Map.of("enable_client_credentials", true));
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static String service(String name) {
        return node.put("/services/" + name, Map.of("host", "h")).id();
    }

    private static Map<String, Object> reference(String id) {
        return Map.of("id", id);
    }

    @Test
    void anEntityCreatedBelowAParentReferencesIt() {
        String one = service("below-one");
        String two = service("below-two");

        Reply route =
                node.post("/services/below-one/routes", Map.of("paths", List.of("/a"), "service", reference(two)));

        assertThat(route.status()).isEqualTo(201);
        assertThat(route.json().getJsonObject("service")).isEqualTo(new JsonObject(reference(one)));
        assertThat(node.get("/services/" + one + "/routes").data()).containsExactly(route.json());
        assertThat(node.get("/services/below-two/routes").data()).isEmpty();
    }

    @Test
    void anEntityIsFoundOnlyBelowItsOwnParent() {
        service("own");
        service("strange");
        String route = node.put("/services/own/routes/mine", Map.of("paths", List.of("/mine")))
                .id();
        String own = "/services/own/routes/";
        String strange = "/services/strange/routes/";

        assertThat(node.get(own + "mine").id()).isEqualTo(route);
        assertThat(node.patch(own + route, Map.of("paths", List.of("/b"))).status())
                .isEqualTo(200);
        for (String key : List.of("mine", route)) {
            assertThat(node.get(strange + key).status()).isEqualTo(404);
            assertThat(node.patch(strange + key, Map.of("paths", List.of("/c"))).status())
                    .isEqualTo(404);
            assertThat(node.delete(strange + key).status()).isEqualTo(404);
        }
        assertThat(node.delete(strange + "absent").status()).isEqualTo(404);
        assertThat(node.get("/routes/mine").json().getJsonArray("paths")).containsExactly("/b");
        assertThat(node.delete(own + "mine").status()).isEqualTo(204);
        assertThat(node.get("/routes/mine").status()).isEqualTo(404);
    }

    @Test
    void putMovesAnEntityOfAnotherParent() {
        String from = service("left");
        String to = service("reached");
        Map<String, Object> route = Map.of("name", "wandering", "paths", List.of("/w"), "service", reference(from));
        String id = node.put("/services/left/routes/wandering", route).id();

        Reply byId = node.put("/services/reached/routes/" + id, route);
        assertThat(byId.status()).as(byId.text()).isEqualTo(200);
        assertThat(byId.id()).isEqualTo(id);
        assertThat(byId.json().getJsonObject("service")).isEqualTo(new JsonObject(reference(to)));
        assertThat(node.get("/services/left/routes").data()).isEmpty();

        Reply byName = node.put("/services/left/routes/wandering", route);
        assertThat(byName.id()).isEqualTo(id);
        assertThat(byName.json().getJsonObject("service")).isEqualTo(new JsonObject(reference(from)));
        assertThat(node.get("/services/reached/routes").data()).isEmpty();
    }

    @Test
    void deletingAMissingChildIsNotFound() {
        service("childless");
        node.put("/consumers/childless", Map.of());
        for (String collection : List.of(
                "/services/childless/routes",
                "/services/childless/plugins",
                "/consumers/childless/plugins",
                "/consumers/childless/oauth2",
                "/consumers/childless/key-auth",
                "/consumers/childless/jwt",
                "/consumers/childless/acls")) {
            for (String child : List.of("absent", UUID.randomUUID().toString())) {
                Reply deleted = node.delete(collection + "/" + child);
                assertThat(deleted.status()).as(collection).isEqualTo(404);
                assertThat(deleted.text()).isEqualTo("{\"message\":\"Not found\"}");
            }
        }
    }

    @Test
    void patchBelowAParentMayMoveTheEntityButPutMayNot() {
        String from = service("move-from");
        String to = service("move-to");
        node.put("/services/move-from/routes/moving", Map.of("paths", List.of("/m")));

        Reply put =
                node.put("/services/move-from/routes/moving", Map.of("paths", List.of("/m"), "service", reference(to)));
        assertThat(put.json().getJsonObject("service").getString("id")).isEqualTo(from);
        Reply patch = node.patch("/services/move-from/routes/moving", Map.of("service", reference(to)));
        assertThat(patch.json().getJsonObject("service").getString("id")).isEqualTo(to);
    }

    @Test
    void nothingIsFoundBelowAMissingParent() {
        String nowhere = "/services/" + UUID.randomUUID() + "/routes";
        assertThat(node.get(nowhere).status()).isEqualTo(404);
        assertThat(node.post(nowhere, Map.of("paths", List.of("/a"))).status()).isEqualTo(404);
        assertThat(node.put(nowhere + "/x", Map.of("paths", List.of("/a"))).status())
                .isEqualTo(404);
        assertThat(node.delete(nowhere + "/x").status()).isEqualTo(404);
        assertThat(node.get("/consumers/absent/oauth2").status()).isEqualTo(404);
    }

    @Test
    void aReferencedEntityIsReadReplacedAndPatchedThroughItsReference() {
        String id = service("referenced");
        node.put("/services/referenced/routes/referencing", Map.of("paths", List.of("/r")));
        String path = "/routes/referencing/service";

        assertThat(node.get(path).id()).isEqualTo(id);
        assertThat(node.patch(path, Map.of("port", 81)).json().getString("name"))
                .isEqualTo("referenced");
        Reply replaced = node.put(path, Map.of("host", "new", "name", "renamed"));
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.id()).isEqualTo(id);
        assertThat(replaced.json().getInteger("port")).isEqualTo(80);
        assertThat(node.delete(path).status()).isEqualTo(405);
    }

    @Test
    void puttingAMissingReferencedEntityCreatesIt() {
        node.put("/routes/serviceless", Map.of("paths", List.of("/s")));
        assertThat(node.get("/routes/serviceless/service").status()).isEqualTo(404);
        assertThat(node.patch("/routes/serviceless/service", Map.of("host", "h"))
                        .status())
                .isEqualTo(404);
        assertThat(node.get("/routes/absent/service").status()).isEqualTo(404);

        Reply made = node.put("/routes/serviceless/service", Map.of("host", "made"));

        assertThat(made.status()).isEqualTo(200);
        assertThat(node.get("/routes/serviceless")
                        .json()
                        .getJsonObject("service")
                        .getString("id"))
                .isEqualTo(made.id());
    }

    @Test
    void aReferencedEntityThatItsReferrerRefusesIsNotCreated() {
        String plugin = node.post("/plugins", PLUGIN).id();
        JsonObject pair = new JsonObject().put("cert", Pem.read("rsa.pem")).put("key", Pem.read("rsa.key"));
        service("in-clear-text");
        JsonObject before = node.get("/plugins/" + plugin).json();
        long version = node.catalogVersion();

        Reply consumer = node.put("/plugins/" + plugin + "/consumer", Map.of("username", "refused"));
        Reply certificate = node.put("/services/in-clear-text/client_certificate", pair);

        assertThat(consumer.status()).isEqualTo(400);
        assertThat(consumer.message()).isEqualTo("schema violation (consumer: value must be null)");
        assertThat(node.get("/plugins/" + plugin).json()).isEqualTo(before);
        assertThat(node.get("/consumers/refused").status()).isEqualTo(404);
        assertThat(certificate.status()).isEqualTo(400);
        assertThat(certificate.json().getJsonObject("fields").containsKey("client_certificate"))
                .isTrue();
        assertThat(node.get("/services/in-clear-text").json().getValue("client_certificate"))
                .isNull();
        assertThat(node.get("/certificates").data()).isEmpty();
        assertThat(node.catalogVersion()).isEqualTo(version);
        node.delete("/plugins/" + plugin);
    }

    @Test
    void aReferencedEntityThatIsInvalidDoesNotChangeItsReferrer() {
        node.put("/consumers/taken", Map.of());
        String plugin = node.post(
                        "/plugins",
                        Map.of("name", "correlation-id", "instance_name", "without-consumer", "enabled", false))
                .id();
        node.put("/routes/lonely", Map.of("paths", List.of("/lonely")));

        assertThat(node.put("/routes/lonely/service", Map.of("host", "h", "port", -1))
                        .status())
                .isEqualTo(400);
        assertThat(node.put("/plugins/" + plugin + "/consumer", Map.of("username", "taken"))
                        .status())
                .isEqualTo(409);

        assertThat(node.get("/routes/lonely").json().getValue("service")).isNull();
        assertThat(node.get("/plugins/" + plugin).json().getValue("consumer")).isNull();
        Reply made = node.put("/plugins/without-consumer/consumer", Map.of("username", "free"));
        assertThat(made.status()).as(made.text()).isEqualTo(200);
        assertThat(node.get("/consumers/free/plugins").data())
                .singleElement()
                .extracting(child -> child.getString("id"))
                .isEqualTo(plugin);
    }

    @Test
    void pluginsAreCreatedBelowServicesAndRoutesAndGlobally() {
        service("with-plugins");
        node.put("/services/with-plugins/routes/with-plugin", Map.of("paths", List.of("/p")));

        Reply ofService = node.post("/services/with-plugins/plugins", PLUGIN);
        Reply ofRoute = node.put("/routes/with-plugin/plugins/" + UUID.randomUUID(), PLUGIN);

        assertThat(ofService.status()).isEqualTo(201);
        assertThat(ofRoute.status()).isEqualTo(200);
        assertThat(node.get("/plugins/" + ofService.id() + "/service").json().getString("name"))
                .isEqualTo("with-plugins");
        assertThat(node.get("/plugins/" + ofRoute.id() + "/route").json().getString("name"))
                .isEqualTo("with-plugin");
        assertThat(node.get("/services/with-plugins/plugins").data()).containsExactly(ofService.json());
        node.delete("/routes/with-plugin");
        assertThat(node.get("/plugins/" + ofRoute.id()).status())
                .as("goes with its route")
                .isEqualTo(404);
    }

    @Test
    void aReferenceCanBeTheKeyOfItsEntity() {
        String id = service("by-name");
        Reply route = node.post("/routes", Map.of("paths", List.of("/a"), "service", Map.of("name", "by-name")));
        assertThat(route.json().getJsonObject("service")).isEqualTo(new JsonObject(reference(id)));
    }

    @Test
    void aKeyCanContainAnyCharacter() {
        for (String name : List.of("a/b", "%2F", "..", "a b+c", "ü/ö", "?x=1#y", "[0]", "default")) {
            String encoded = java.net.URLEncoder.encode(name, java.nio.charset.StandardCharsets.UTF_8)
                    .replace("+", "%20")
                    .replace("..", "%2E%2E");
            Reply put = node.put("/consumers/" + encoded, Map.of());
            assertThat(put.status()).as(name).isEqualTo(200);
            assertThat(put.json().getString("username")).isEqualTo(name);
            Reply app = node.post("/consumers/" + encoded + "/oauth2", Map.of("name", "app"));
            assertThat(app.status()).isEqualTo(201);
            assertThat(node.get("/oauth2/" + app.id() + "/consumer").id()).isEqualTo(put.id());
            assertThat(node.delete("/consumers/" + encoded).status()).isEqualTo(204);
            assertThat(node.get("/oauth2/" + app.id()).status()).isEqualTo(404);
        }
    }

    @Test
    void aReferenceByKeyIsNotAnId() {
        String id = service("not-by-id");
        Map<String, Object> route = Map.of("paths", List.of("/a"), "service", Map.of("name", id));

        Reply refused = node.post("/routes", route);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getInteger("code")).isEqualTo(13);

        String named = node.post("/services", Map.of("name", id, "host", "h")).id();
        assertThat(node.post("/routes", route).json().getJsonObject("service"))
                .isEqualTo(new JsonObject(reference(named)));
    }
}
