package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.SchemaViolation;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests that empty text is invalid, as in Kong, unless a field allows it. */
class EmptyTextTest {
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.post("/consumers", Map.of("username", "alex"));
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/services | {'host':'h','name':''} | name",
                "/services | {'host':'h','path':''} | path",
                "/services | {'host':'h','tags':['a','']} | tags",
                "/consumers | {'username':'u','custom_id':''} | custom_id",
                "/consumers/alex/oauth2 | {'name':''} | name",
                "/consumers/alex/oauth2 | {'name':'a','client_secret':''} | client_secret",
                "/consumers/alex/oauth2 | {'name':'a','redirect_uris':['']} | redirect_uris",
                "/consumers/alex/jwt | {'rsa_public_key':''} | rsa_public_key",
                "/routes | {'paths':['/a'],'headers':{'':['x']}} | headers",
                "/routes | {'paths':['/a'],'headers':{'x':['']}} | headers",
                "/routes | {'paths':['/a'],'headers':{'a b':['x']}} | headers",
                "/routes | {'protocols':['tcp'],'sources':[{'ip':''}]} | sources",
                "/plugins | {'name':'key-auth','config':{'realm':''}} | config",
                "/plugins | {'name':'acl','config':{'allow':['']}} | config",
                "/plugins | {'name':'cors','config':{'headers':['']}} | config",
                "/plugins | {'name':'request-termination','config':{'message':''}} | config",
                "/upstreams | {'name':'u','healthchecks':{'active':{'headers':{'x':['']}}}} | healthchecks"
            })
    void emptyTextIsRejected(String path, String body, String field) {
        Reply reply = node.post(path, new JsonObject(body.replace('\'', '"')));

        assertThat(reply.status()).as(reply.text()).isEqualTo(400);
        assertThat(reply.json().getJsonObject("fields").fieldNames()).containsExactly(field);
        if (!body.contains("a b")) {
            assertThat(reply.message()).contains("length must be at least 1");
        }
    }

    @Test
    void emptyTextIsRejectedInPutPatchAndValidation() {
        assertThat(node.put("/services/empty", Map.of("host", "")).message())
                .contains("host: length must be at least 1");
        assertThat(node.patch("/consumers/alex", Map.of("custom_id", "")).status())
                .isEqualTo(400);
        assertThat(node.post("/schemas/services/validate", Map.of("host", "h", "name", ""))
                        .status())
                .isEqualTo(400);
    }

    /** Clients write the fields of Redis also where it has neither. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rate-limiting | {'minute':5,'redis':{'password':'','timeout':0}}",
                "rate-limiting | {'minute':5,'redis_password':'','redis_timeout':0}",
                "response-ratelimiting | {'limits':{'video':{'minute':5}},'redis':{'password':'','timeout':0}}"
            })
    void redisMayHaveAnEmptyPasswordAndNoTimeout(String plugin, String config) {
        Reply reply = node.post(
                "/plugins",
                new JsonObject().put("name", plugin).put("config", new JsonObject(config.replace('\'', '"'))));
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        node.delete("/plugins/" + reply.id());

        JsonObject redis = reply.json().getJsonObject("config").getJsonObject("redis");
        assertThat(redis.getString("password")).isEmpty();
        assertThat(redis.getInteger("timeout")).isZero();
    }

    @Test
    void emptyFieldOfAFormUnsetsTheValue() {
        node.patch("/consumers/alex", Map.of("custom_id", "c"));

        Reply reply = node.form("PATCH", "/consumers/alex", "custom_id=");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().getValue("custom_id")).isNull();
    }

    @Test
    void everyTextOfEverySchemaRejectsTheEmptyText() {
        for (EntitySchema schema : EntitySchemas.all()) {
            schema.fields().forEach(field -> assertRejected(schema, field, field.name(), value -> value));
        }
        for (PluginSchema plugin : PluginSchemas.installed()) {
            plugin.configFields()
                    .forEach(field -> assertRejected(
                            EntitySchemas.PLUGINS,
                            field,
                            "config",
                            value -> Map.of(
                                    "name", plugin.name(), "config", Map.of(field.name(), value.get(field.name())))));
        }
    }

    /** Returns the name that determines which fields an entity has. */
    private static Map<String, Object> nameOf(EntitySchema schema) {
        if (schema.equals(EntitySchemas.PLUGINS)) {
            return Map.of("name", "key-auth");
        }
        return schema.equals(EntitySchemas.VAULTS) ? Map.of("name", "env") : Map.of();
    }

    /** Puts the empty text at each place of a field that holds text. */
    private static void assertRejected(
            EntitySchema schema, Field field, String top, UnaryOperator<Map<String, Object>> document) {
        emptyTexts(field).forEach(value -> {
            Map<String, Object> given = new HashMap<>(nameOf(schema));
            given.putAll(document.apply(Map.of(field.name(), value)));
            SchemaViolation violation = catchThrowableOfType(SchemaViolation.class, () -> schema.check(given));
            assertThat(violation).as("%s %s", schema.name(), given).isNotNull();
            assertThat(violation.fields()).as("%s %s", schema.name(), given).containsKey(top);
        });
    }

    private static List<Object> emptyTexts(Field field) {
        return switch (field.type()) {
            case STRING -> Integer.valueOf(0).equals(field.attributes().get("len_min")) ? List.of() : List.of("");
            case ARRAY, SET ->
                emptyTexts(field.elements().orElseThrow()).stream()
                        .<Object>map(List::of)
                        .toList();
            case MAP -> List.of(Map.of("", List.of("x")), Map.of("x", List.of("")));
            case RECORD ->
                field.fields().stream()
                        .flatMap(nested ->
                                emptyTexts(nested).stream().<Object>map(value -> Map.of(nested.name(), value)))
                        .toList();
            default -> List.of();
        };
    }
}
