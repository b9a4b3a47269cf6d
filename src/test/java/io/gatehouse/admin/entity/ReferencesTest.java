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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        Reply refused = node.post("/key-auths", Map.of("consumer", Map.of("custom_id", "c-18")));
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.json().getInteger("code")).isEqualTo(13);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "{'name':'a/b'}|service.name: invalid value 'a/b': the only accepted ascii characters are alphanumerics or ., -, _, and ~",
                "{'protocol':'http'}|service.id: missing primary key",
                "{'name':null}|service.id: missing primary key",
                "{'id':null}|service.id: required field missing",
                "{'unknown':'x'}|service.unknown: unknown field",
                "{'port':'x'}|service.port: expected an integer",
                "'x'|service.id: missing primary key",
                "[]|service.id: missing primary key"
            })
    void aReferenceThatNamesNothingIsASchemaViolation(String reference, String violation) {
        String body = "{'methods':['GET'],'service':" + reference + "}";

        Reply refused = node.send("POST", "/routes", "application/json", body.replace('\'', '"'));

        assertThat(refused.json().getInteger("code")).as(refused.text()).isEqualTo(2);
        assertThat(refused.message()).isEqualTo("schema violation (" + violation + ")");
    }

    @Test
    void aReferenceInvalidInAFormIsNotUnset() {
        assertThat(node.form("POST", "/routes", "paths=/a&service.name=").message())
                .isEqualTo("schema violation (service.id: missing primary key)");
        assertThat(node.form("POST", "/routes", "paths=/a&service.id=").message())
                .isEqualTo("schema violation (service.id: required field missing)");
        assertThat(node.form("POST", "/routes", "paths=/a&service=").status()).isEqualTo(201);
    }

    @Test
    void aReferenceToAMissingServiceIsUnresolvedWhateverElseItHas() {
        Reply refused = node.post("/routes", Map.of("paths", List.of("/"), "service", Map.of("name", "no", "port", 1)));

        assertThat(refused.json().getInteger("code")).as(refused.text()).isEqualTo(13);
        assertThat(refused.json()
                        .getJsonObject("fields")
                        .getJsonObject("service")
                        .fieldNames())
                .containsExactly("name");
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
