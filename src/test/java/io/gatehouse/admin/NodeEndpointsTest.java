package io.gatehouse.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode.Reply;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests the endpoints about the node (docs/reference/admin-api.md#about-the-node). */
class NodeEndpointsTest {
    private static final List<String> PLUGINS = List.of(
            "acl",
            "basic-auth",
            "bot-detection",
            "correlation-id",
            "cors",
            "datadog",
            "file-log",
            "grpc-web",
            "hmac-auth",
            "http-log",
            "ip-restriction",
            "jwt",
            "key-auth",
            "ldap-auth",
            "loggly",
            "oauth2",
            "openid-connect",
            "opentelemetry",
            "prometheus",
            "proxy-cache",
            "rate-limiting",
            "redirect",
            "request-size-limiting",
            "request-termination",
            "request-transformer",
            "response-ratelimiting",
            "response-transformer",
            "session",
            "standard-webhooks",
            "statsd",
            "syslog",
            "tcp-log",
            "udp-log",
            "zipkin");

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
    void theRootDescribesTheNode() {
        node.post("/plugins", Map.of("name", "oauth2", "config", Map.of("enable_client_credentials", true)));

        JsonObject root = node.get("/").json();

        assertThat(root.getString("version")).isEqualTo("3.10.0");
        assertThat(root.getJsonObject("gatehouse")).isEqualTo(new JsonObject().put("version", "0.0.0-test"));
        assertThat(root.getString("edition")).isEqualTo("community");
        assertThat(root.getString("tagline")).isNotEmpty();
        assertThat(root.getString("hostname")).isNotEmpty();
        assertThat(root.getString("node_id")).isEqualTo(AdminNode.NODE);
        assertThat(root.getJsonObject("configuration"))
                .isEqualTo(new JsonObject().put("proxy_listen", new JsonArray().add("127.0.0.1:8000")));
        JsonObject plugins = root.getJsonObject("plugins");
        assertThat(plugins.getJsonArray("enabled_in_cluster")).isEqualTo(new JsonArray().add("oauth2"));
        JsonObject available = plugins.getJsonObject("available_on_server");
        assertThat(available.fieldNames()).containsExactlyInAnyOrderElementsOf(PLUGINS);
        assertThat(available.getJsonObject("oauth2"))
                .isEqualTo(new JsonObject().put("version", "0.1.0").put("priority", 1400));
        assertThat(available.getJsonObject("cors").getInteger("priority")).isEqualTo(2000);
        assertThat(available.getJsonObject("jwt").getInteger("priority")).isEqualTo(1450);
        assertThat(available.getJsonObject("key-auth").getInteger("priority")).isEqualTo(1250);
        assertThat(available.getJsonObject("acl").getInteger("priority")).isEqualTo(950);
        assertThat(available.getJsonObject("correlation-id").getInteger("priority"))
                .isEqualTo(100_001);
        assertThat(available.getJsonObject("request-termination").getInteger("priority"))
                .isEqualTo(2);
        assertThat(root.getJsonObject("cluster"))
                .isEqualTo(new JsonObject()
                        .put("size", 1)
                        .put("members", new JsonArray().add("host/admin/" + AdminNode.NODE))
                        .put("catalog_version", 7));
    }

    @Test
    void theStatusHasCountersAndTheStateOfTheDatabase() {
        JsonObject status = node.get("/status").json();
        assertThat(status.getJsonObject("server"))
                .isEqualTo(new JsonObject()
                        .put("connections_accepted", 5)
                        .put("connections_active", 3)
                        .put("connections_handled", 5)
                        .put("connections_reading", 0)
                        .put("connections_waiting", 2)
                        .put("connections_writing", 1)
                        .put("total_requests", 42));
        assertThat(status.getJsonObject("database")).isEqualTo(new JsonObject().put("reachable", true));
        assertThat(status.getJsonObject("memory").getLong("heap_used_bytes")).isPositive();
        assertThat(status.getJsonObject("cluster").getInteger("size")).isEqualTo(1);
    }

    @Test
    void theEndpointsAreListedInOrder() {
        List<String> paths = node.get("/endpoints").json().getJsonArray("data").stream()
                .map(String.class::cast)
                .toList();
        assertThat(paths)
                .isSorted()
                .doesNotHaveDuplicates()
                .contains(
                        "/",
                        "/services/{services}/routes/{routes}",
                        "/routes/{routes}/service",
                        "/consumers/{consumers}/oauth2/{oauth2_credentials}",
                        "/oauth2/{oauth2_credentials}/oauth2_tokens",
                        "/oauth2/{oauth2_credentials}/consumer",
                        "/oauth2/{oauth2_credentials}/metadata/{oauth2_metadata}",
                        "/oauth2_metadata/{oauth2_metadata}/credential",
                        "/oauth2/{oauth2_credentials}/secrets/{oauth2_secrets}",
                        "/oauth2_tokens/{oauth2_tokens}/credential",
                        "/services/{services}/oauth2_tokens",
                        "/plugins/enabled",
                        "/tags/{tags}");
    }

    @Test
    void theWorkspaceIsTheDefaultOne() {
        JsonObject workspace = node.get("/default/workspaces/default").json();
        assertThat(workspace.getString("name")).isEqualTo("default");
        assertThat(workspace.getString("id")).hasSize(36);
        assertThat(node.get("/workspaces").data()).containsExactly(workspace);
        assertThat(node.get("/default").json().getString("version")).isEqualTo("3.10.0");
    }

    @Test
    void thePluginsEnabledAreThoseInstalled() {
        assertThat(node.get("/plugins/enabled").json())
                .isEqualTo(new JsonObject().put("enabled_plugins", new JsonArray(PLUGINS)));
    }

    @Test
    void anUnknownSchemaIsNotFound() {
        assertThat(node.get("/schemas/nope").text()).isEqualTo("{\"message\":\"No entity named 'nope'\"}");
        assertThat(node.get("/schemas/plugins/nope").text()).isEqualTo("{\"message\":\"No plugin named 'nope'\"}");
        assertThat(node.get("/schemas/nope").status()).isEqualTo(404);
        assertThat(node.post("/schemas/nope/validate", Map.of()).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "/config, this endpoint is only available when Kong is configured to not use a database",
        "/clustering/data-planes, this endpoint is only available when Kong is configured to run as Control Plane for the cluster",
        "/clustering/status, this endpoint is only available when Kong is configured to run as Control Plane for the cluster",
        "/filter-chains, this endpoint is only available when wasm is enabled",
        "/filter-chains/x, this endpoint is only available when wasm is enabled",
        "/default/filter-chains/x/route, this endpoint is only available when wasm is enabled"
    })
    void anEndpointOfAnotherModeIsABadRequest(String path, String message) {
        Reply reply = node.get(path);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json()).isEqualTo(new JsonObject().put("message", message));
    }

    @Test
    void tagsAndWorkspacesHaveSchemas() {
        assertThat(node.get("/schemas/tags").json().getJsonArray("fields"))
                .isEqualTo(new JsonArray()
                        .add(field("tag", new JsonObject().put("type", "string").put("required", true)))
                        .add(field(
                                "entity_name",
                                new JsonObject().put("type", "string").put("required", true)))
                        .add(field(
                                "entity_id",
                                new JsonObject()
                                        .put("type", "string")
                                        .put("uuid", true)
                                        .put("required", true))));
        assertThat(node.get("/schemas/workspaces").status()).isEqualTo(200);
        // They cannot be written.
        assertThat(node.post("/schemas/tags/validate", Map.of()).status()).isEqualTo(404);
    }

    private static JsonObject field(String name, JsonObject description) {
        return new JsonObject().put(name, description);
    }

    @Test
    void aVaultHasASchemaByItsType() {
        assertThat(node.get("/schemas/vaults/env").json().getJsonArray("fields").getJsonObject(0))
                .isEqualTo(field(
                        "config",
                        new JsonObject()
                                .put("type", "record")
                                .put(
                                        "fields",
                                        new JsonArray()
                                                .add(field(
                                                        "prefix",
                                                        new JsonObject()
                                                                .put("type", "string")
                                                                .put("match", "^[%a_-][%a%d_-]*$"))))));
        assertThat(node.get("/schemas/vaults/aws").text()).isEqualTo("{\"message\":\"No vault named 'aws'\"}");
        assertThat(node.post("/schemas/vaults/validate", Map.of("name", "env", "prefix", "mine"))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aSchemaHasTheAttributesThatClientsRead() {
        JsonArray fields = node.get("/schemas/services").json().getJsonArray("fields");
        assertThat(fields.getJsonObject(1))
                .isEqualTo(field(
                        "created_at",
                        new JsonObject()
                                .put("type", "integer")
                                .put("timestamp", true)
                                .put("auto", true)));
        JsonObject plugin = node.get("/schemas/plugins/oauth2").json();
        assertThat(plugin.fieldNames()).containsExactlyInAnyOrder("fields", "entity_checks");
        JsonObject consumer = plugin.getJsonArray("fields").getJsonObject(0).getJsonObject("consumer");
        assertThat(consumer.containsKey("eq")).isTrue();
        assertThat(consumer.getValue("eq")).isNull();
        assertThat(plugin.getJsonArray("fields")
                        .getJsonObject(1)
                        .getJsonObject("config")
                        .getJsonArray("entity_checks"))
                .isNotEmpty();
        assertThat(node.get("/schemas/certificates").json().getJsonArray("fields").stream()
                        .map(JsonObject.class::cast)
                        .filter(field -> field.containsKey("key"))
                        .findFirst()
                        .orElseThrow()
                        .getJsonObject("key")
                        .getBoolean("referenceable"))
                .isTrue();
    }

    @Test
    void validationDoesNotStoreTheEntity() {
        Reply good = node.post("/schemas/services/validate", Map.of("name", "validated", "host", "h"));
        assertThat(good.status()).isEqualTo(200);
        assertThat(good.text()).isEqualTo("{\"message\":\"schema validation successful\"}");
        assertThat(node.get("/services/validated").status()).isEqualTo(404);
        assertThat(node.announced)
                .allMatch(written -> written.after() == null
                        || !"validated".equals(written.after().get("name")));

        assertThat(node.post("/schemas/services/validate", Map.of("port", 70_000))
                        .message())
                .isEqualTo("2 schema violations (host: required field missing;"
                        + " port: value should be between 0 and 65535)");
        Map<String, Object> plugin = Map.of("name", "oauth2", "config", Map.of("enable_implicit_grant", true));
        assertThat(node.post("/schemas/plugins/validate", plugin).status()).isEqualTo(200);
        assertThat(node.post("/schemas/plugins/validate", Map.of("name", "oauth2"))
                        .status())
                .isEqualTo(400);
        assertThat(node.form("POST", "/schemas/plugins/validate", "name=oauth2&config.enable_implicit_grant=true")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void theSchemaOfAPluginHasItsWholeConfig() {
        JsonObject schema = node.get("/schemas/plugins/oauth2").json();
        JsonObject config = schema.getJsonArray("fields").stream()
                .map(JsonObject.class::cast)
                .filter(field -> field.containsKey("config"))
                .findFirst()
                .orElseThrow()
                .getJsonObject("config");
        assertThat(config.getString("type")).isEqualTo("record");
        assertThat(config.getJsonArray("fields")).hasSize(42);
        assertThat(config.getJsonArray("fields").getJsonObject(2).getJsonObject("provision_key"))
                .isEqualTo(new JsonObject()
                        .put("type", "string")
                        .put("required", true)
                        .put("auto", true));
    }
}
