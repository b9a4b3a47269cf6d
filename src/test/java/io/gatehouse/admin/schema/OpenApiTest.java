package io.gatehouse.admin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** {@code GET /openapi.json}. */
class OpenApiTest {
    private static AdminNode node;
    private static JsonObject document;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        document = node.get("/openapi.json").json();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @Test
    void theDocumentIsValidOpenApi() {
        Vertx vertx = Vertx.vertx();
        try {
            // A copy, because the parser adds members to the document.
            OpenAPIContract contract = Gatehouse.await(OpenAPIContract.from(vertx, document.copy()));
            assertThat(contract.operations()).hasSizeGreaterThan(100);
            assertThat(contract.getVersion().toString()).contains("3");
        } finally {
            Gatehouse.await(vertx.close());
        }
    }

    @Test
    void theDocumentContainsEveryEndpoint() {
        List<String> endpoints = node.get("/endpoints").json().getJsonArray("data").stream()
                .map(String.class::cast)
                .toList();
        assertThat(document.getJsonObject("paths").fieldNames()).containsExactlyInAnyOrderElementsOf(endpoints);
    }

    @Test
    void theDocumentContainsEveryField() {
        for (EntitySchema schema : EntitySchemas.all()) {
            List<String> fields = schema.fields().stream()
                    .filter(field -> !field.isHidden())
                    .map(Field::name)
                    .toList();
            assertThat(document.getJsonObject("components")
                            .getJsonObject("schemas")
                            .getJsonObject(schema.name())
                            .getJsonObject("properties")
                            .fieldNames())
                    .containsExactlyInAnyOrderElementsOf(fields);
        }
    }

    @Test
    void theBodyOfAServiceHasAHostOrAUrl() {
        JsonObject body = operation("/services", "post").getJsonObject("requestBody");
        assertThat(body.getBoolean("required")).isTrue();
        JsonArray choices = body.getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema")
                .getJsonArray("anyOf");
        assertThat(choices.getJsonObject(0))
                .isEqualTo(new JsonObject(
                        "{\"allOf\":[{\"$ref\":\"#/components/schemas/services\"}],\"required\":[\"host\"]}"));
        assertThat(choices.getJsonObject(1).getJsonArray("required")).containsExactly("url");
        JsonObject expanded =
                choices.getJsonObject(1).getJsonArray("allOf").getJsonObject(0).getJsonObject("properties");
        assertThat(List.of("protocol", "host", "port", "path"))
                .allSatisfy(name ->
                        assertThat(expanded.getJsonObject(name).fieldNames()).containsExactly("description"));
        assertThat(expanded.getJsonObject("url").getString("type")).isEqualTo("string");
    }

    private static JsonObject schema(String name) {
        return document.getJsonObject("components").getJsonObject("schemas").getJsonObject(name);
    }

    private static JsonObject property(String schema, String... path) {
        JsonObject found = schema(schema);
        for (String name : path) {
            found = found.getJsonObject("properties").getJsonObject(name);
        }
        return found;
    }

    private static JsonObject operation(String path, String method) {
        return document.getJsonObject("paths").getJsonObject(path).getJsonObject(method);
    }

    @Test
    void aTextHasItsLengthAndPattern() {
        JsonObject name = property("services", "name");
        assertThat(name.getInteger("minLength")).isEqualTo(1);
        assertThat(name.getInteger("maxLength")).isEqualTo(512);
        assertThat("a-b.c~1").matches(name.getString("pattern"));
        assertThat("a b").doesNotMatch(name.getString("pattern"));
        assertThat(property("services", "path").getString("pattern")).startsWith("^/");
        assertThat(property("services", "id").getString("format")).isEqualTo("uuid");
        assertThat(property("routes", "headers").getJsonObject("propertyNames").getString("pattern"))
                .isEqualTo("^[A-Za-z0-9_-]+$");
    }

    @Test
    void aNumberHasItsBounds() {
        assertThat(property("services", "retries").getInteger("maximum")).isEqualTo(32_767);
        assertThat(property("upstreams", "healthchecks", "active", "concurrency")
                        .getLong("minimum"))
                .isEqualTo(1);
        assertThat(property("config_of_oauth2", "token_expiration").getInteger("multipleOf"))
                .isEqualTo(1);
        assertThat(property("routes", "protocols").getInteger("minItems")).isEqualTo(1);
        assertThat(property("config_of_statsd", "metrics").getInteger("maxItems"))
                .isEqualTo(100);
    }

    @Test
    void aMapHasTheBoundsOfItsSize() {
        JsonObject limits = property("config_of_response-ratelimiting", "limits");
        assertThat(limits.getInteger("minProperties")).isEqualTo(1);
        assertThat(limits.getInteger("maxProperties")).isEqualTo(64);
        assertThat(limits.getJsonObject("propertyNames").getInteger("maxLength"))
                .isEqualTo(64);
        assertThat(limits.getJsonObject("additionalProperties").getString("type"))
                .isEqualTo("object");
    }

    @Test
    void aReferenceIsAnIdOrTheKeyAlone() {
        JsonObject service = property("routes", "service");
        assertThat(service.getJsonObject("properties").getJsonObject("id").getString("format"))
                .isEqualTo("uuid");
        assertThat(service.getJsonArray("anyOf"))
                .isEqualTo(new JsonArray("[{\"required\":[\"id\"]},{\"required\":[\"name\"],\"maxProperties\":1}]"));
        assertThat(service.getJsonObject("properties").getJsonObject("name"))
                .isEqualTo(property("services", "name").copy().put("type", "string"));
    }

    @Test
    void membersThatThePathSetsAreNotRequired() {
        assertThat(required("/acls", "post")).containsExactly("consumer", "group");
        assertThat(required("/consumers/{consumers}/acls", "post")).containsExactly("group");
        assertThat(required("/snis/{snis}", "put")).containsExactly("certificate");
        assertThat(operation("/acls/{acls}", "patch")
                        .getJsonObject("requestBody")
                        .encode())
                .doesNotContain("required");
    }

    @Test
    void aBatchIsAListOfCompleteEntities() {
        JsonObject body = operation("/batches/consumers", "put").getJsonObject("requestBody");
        assertThat(body.getBoolean("required")).isTrue();
        JsonObject acls = operation("/batches/acls", "put")
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema");
        assertThat(acls.getJsonArray("required")).containsExactly("data");
        assertThat(acls.getJsonObject("properties")
                        .getJsonObject("data")
                        .getJsonObject("items")
                        .getJsonArray("required"))
                .contains("group", "consumer");
    }

    private static List<Object> required(String path, String method) {
        return operation(path, method)
                .getJsonObject("requestBody")
                .getJsonObject("content")
                .getJsonObject("application/json")
                .getJsonObject("schema")
                .getJsonArray("required")
                .stream()
                .toList();
    }

    @Test
    void anOperationNamesItsStatuses() {
        assertThat(operation("/services", "post").getJsonObject("responses").fieldNames())
                .containsExactlyInAnyOrder("201", "400", "401", "403", "409", "413", "414", "415", "431", "500", "503");
        assertThat(operation("/oauth2_tokens", "delete")
                        .getJsonObject("responses")
                        .fieldNames())
                .contains("200", "404")
                .doesNotContain("204", "409");
        assertThat(operation("/upstreams/{upstreams}/targets/{targets}/healthy", "put")
                        .getJsonObject("responses")
                        .fieldNames())
                .contains("204")
                .doesNotContain("200");
    }

    @Test
    void aListHasItsParametersWithTheirBounds() {
        JsonArray parameters = operation("/consumers", "get").getJsonArray("parameters");
        assertThat(parameters.stream().map(one -> ((JsonObject) one).getString("name")))
                .containsExactly("size", "offset", "tags", "custom_id");
        assertThat(parameters.getJsonObject(0).getJsonObject("schema").getInteger("maximum"))
                .isEqualTo(1000);
        assertThat(operation("/oauth2_tokens", "get").getJsonArray("parameters").encode())
                .doesNotContain("tags");
    }

    @Test
    void theAuditTrailHasItsParametersAndFields() {
        JsonObject list = operation("/audit/requests", "get");
        assertThat(list.getJsonArray("parameters").stream().map(one -> ((JsonObject) one).getString("name")))
                .containsExactly("size", "offset", "entity_id");
        assertThat(list.getJsonObject("responses").getJsonObject("200").encode())
                .contains("#/components/schemas/audit_requests");
        node.post("/consumers", Map.of("username", "audited"));
        assertThat(schema("audit_requests").getJsonObject("properties").fieldNames())
                .containsExactlyInAnyOrderElementsOf(
                        node.get("/audit/requests").data().get(0).fieldNames());
    }

    @Test
    void anEntryOfSourcesHasAnAddressOrAPort() {
        JsonObject entry = property("routes", "sources").getJsonObject("items");
        assertThat(entry.getJsonArray("anyOf").stream()
                        .map(JsonObject.class::cast)
                        .map(choice -> choice.getJsonArray("required").getString(0)))
                .containsExactly("ip", "port");
    }

    @Test
    void aNewPluginHasTheRequiredFieldsOfItsConfig_andAPatchNeedsNone() {
        assertThat(schema("config_of_tcp-log").getJsonArray("required")).containsExactly("host", "port");
        assertThat(variant("plugins", "tcp-log").getJsonArray("required")).containsExactly("config");
        assertThat(variant("plugins", "key-auth").containsKey("required")).isFalse();
        JsonObject patch = variant("patch_of_plugins", "tcp-log");
        assertThat(patch.containsKey("required")).isFalse();
        assertThat(patch.getJsonObject("properties").getJsonObject("config").containsKey("required"))
                .isFalse();
    }

    @Test
    void theProtocolsOfAPluginDependOnItsName() {
        assertThat(protocols("tcp-log")).contains("http", "tcp");
        assertThat(protocols("key-auth")).containsExactly("grpc", "grpcs", "http", "https");
    }

    private static JsonArray protocols(String plugin) {
        return variant("plugins", plugin)
                .getJsonObject("properties")
                .getJsonObject("protocols")
                .getJsonObject("items")
                .getJsonArray("enum");
    }

    private static JsonObject variant(String schema, String plugin) {
        return schema(schema).getJsonArray("anyOf").stream()
                .map(JsonObject.class::cast)
                .filter(choice -> choice.getJsonObject("properties")
                        .getJsonObject("name")
                        .getString("const")
                        .equals(plugin))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theConfigOfAPluginDependsOnItsName() {
        assertThat(schema("plugins").getJsonArray("anyOf").encode())
                .contains("{\"const\":\"key-auth\"}", "#/components/schemas/config_of_key-auth");
    }
}
