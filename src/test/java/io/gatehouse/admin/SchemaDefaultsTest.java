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
import org.junit.jupiter.params.provider.MethodSource;

/** What decK does before it compares: fill the defaults of {@code /schemas} into what it wants (contract/deck.md §3). */
class SchemaDefaultsTest {
    private static AdminNode node;
    private static String consumer;
    private static String credential;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        consumer = node.put("/consumers/alex", Map.of()).id();
        credential =
                node.put("/consumers/alex/oauth2/app", Map.of("name", "app")).id();
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private record Wanted(String entity, String path, JsonObject entityWanted) {}

    private static List<Wanted> entities() {
        JsonObject toConsumer = new JsonObject().put("id", consumer);
        JsonObject toCredential = new JsonObject().put("id", credential);
        return List.of(
                new Wanted("services", "/services", new JsonObject().put("host", "h")),
                new Wanted("routes", "/routes", new JsonObject().put("paths", new JsonArray().add("/p"))),
                new Wanted("consumers", "/consumers", new JsonObject().put("username", "u")),
                new Wanted(
                        "oauth2_credentials",
                        "/oauth2",
                        new JsonObject().put("name", "n").put("consumer", toConsumer)),
                new Wanted(
                        "oauth2_tokens",
                        "/oauth2_tokens",
                        new JsonObject().put("expires_in", 5).put("credential", toCredential)));
    }

    @ParameterizedTest
    @MethodSource("entities")
    void defaultsFromTheSchemaAreExactlyThoseOfTheAnswer(Wanted wanted) {
        JsonArray fields = node.get("/schemas/" + wanted.entity()).json().getJsonArray("fields");
        Reply created = node.post(wanted.path(), wanted.entityWanted());
        assertThat(created.status()).as(created.text()).isEqualTo(201);
        assertThat(withoutNulls(fill(fields, wanted.entityWanted(), created.json())))
                .isEqualTo(withoutNulls(created.json()));
    }

    @Test
    void defaultsOfThePluginSchemaAreExactlyThoseOfTheConfig() {
        JsonObject wanted = new JsonObject().put("enable_client_credentials", true);
        JsonArray fields = node.get("/schemas/plugins/oauth2").json().getJsonArray("fields");
        JsonObject filled = new JsonObject();
        Reply created =
                node.post("/plugins", new JsonObject().put("name", "oauth2").put("config", wanted));
        for (Object each : fields) {
            JsonObject field = (JsonObject) each;
            if (field.containsKey("config")) {
                filled.put(
                        "config",
                        fill(
                                field.getJsonObject("config").getJsonArray("fields"),
                                wanted,
                                created.json().getJsonObject("config")));
            } else {
                filled.mergeIn(fill(new JsonArray().add(field), new JsonObject(), created.json()));
            }
        }
        JsonObject answer = withoutNulls(created.json());
        assertThat(withoutNulls(filled.getJsonObject("config")))
                .isEqualTo(withoutNulls(answer.getJsonObject("config")));
        assertThat(filled.getJsonArray("protocols")).isEqualTo(answer.getJsonArray("protocols"));
    }

    /** The wanted values, the defaults, and what the server fills in; a field the schema does not announce is missing. */
    private static JsonObject fill(JsonArray fields, JsonObject wanted, JsonObject answer) {
        JsonObject filled = new JsonObject();
        for (Object each : fields) {
            JsonObject field = (JsonObject) each;
            String name = field.fieldNames().iterator().next();
            JsonObject description = field.getJsonObject(name);
            Object value = wanted.containsKey(name) ? wanted.getValue(name) : description.getValue("default");
            filled.put(name, description.getBoolean("auto", false) ? answer.getValue(name) : value);
        }
        return filled;
    }

    /** To decK, null and absent are the same. */
    private static JsonObject withoutNulls(JsonObject object) {
        JsonObject rest = object.copy();
        object.fieldNames().stream()
                .filter(name -> object.getValue(name) == null)
                .forEach(rest::remove);
        return rest;
    }
}
