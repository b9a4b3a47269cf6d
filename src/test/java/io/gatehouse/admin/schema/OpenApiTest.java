package io.gatehouse.admin.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
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
    void anOperationDescribesItsParametersAndBody() {
        JsonObject post =
                document.getJsonObject("paths").getJsonObject("/services").getJsonObject("post");
        assertThat(post.getJsonObject("requestBody")
                        .getJsonObject("content")
                        .getJsonObject("application/json")
                        .getJsonObject("schema"))
                .isEqualTo(new JsonObject(Map.of(
                        "allOf",
                        List.of(Map.of("$ref", "#/components/schemas/services")),
                        "required",
                        List.of("host"))));
    }
}
