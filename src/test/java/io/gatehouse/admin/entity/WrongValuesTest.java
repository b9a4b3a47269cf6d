package io.gatehouse.admin.entity;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.admin.AdminNode;
import io.gatehouse.admin.AdminNode.Reply;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.FieldType;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that a wrong value in any field is a schema violation of that field. */
class WrongValuesTest {
    private static final long SEED = 20_261_123L;
    private static final int VALUES_PER_FIELD = 25;
    private static AdminNode node;

    @BeforeAll
    static void start() {
        node = new AdminNode();
        node.put("/upstreams/of-targets", Map.of());
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private static List<EntitySchema> schemas() {
        return EntitySchemas.all();
    }

    @ParameterizedTest
    @MethodSource("schemas")
    void aWrongValueInAnyFieldIsASchemaViolationOfThatField(EntitySchema schema) {
        Random random = new Random(SEED);
        boolean isTarget = schema.equals(EntitySchemas.TARGETS);
        String path = isTarget ? "upstreams/of-targets/targets" : schema.path();
        for (Field field : schema.fields()) {
            // The path sets the Upstream of a target.
            for (int i = 0; i < VALUES_PER_FIELD && !(isTarget && field.name().equals("upstream")); i++) {
                Object wrong = wrong(field.type(), random);
                expectViolation(path, named(schema).put(field.name(), wrong), field.name());
            }
        }
    }

    @ParameterizedTest
    @MethodSource("configFields")
    void aWrongValueInAnyFieldOfAConfigIsASchemaViolationOfThatField(Field field) {
        Random random = new Random(SEED);
        for (int i = 0; i < VALUES_PER_FIELD; i++) {
            JsonObject config = new JsonObject()
                    .put("enable_client_credentials", true)
                    .put(field.name(), wrong(field.type(), random));
            expectViolation(
                    "plugins", new JsonObject().put("name", "oauth2").put("config", config), "config." + field.name());
        }
    }

    private static List<Field> configFields() {
        return PluginSchemas.find("oauth2").orElseThrow().configFields();
    }

    /** Returns a body with the name that determines which fields the entity has. */
    private static JsonObject named(EntitySchema schema) {
        if (schema.equals(EntitySchemas.PLUGINS)) {
            return new JsonObject().put("name", "key-auth");
        }
        return schema.equals(EntitySchemas.VAULTS) ? new JsonObject().put("name", "env") : new JsonObject();
    }

    private static void expectViolation(String path, JsonObject body, String field) {
        Reply reply = node.post("/" + path, body);
        assertThat(reply.status()).as(() -> body + " " + reply.text()).isEqualTo(400);
        JsonObject error = reply.json();
        // A lifetime is an option of the request.
        assertThat(error.getInteger("code")).isEqualTo(field.equals("ttl") ? 11 : 2);
        assertThat(error.getString("message")).as(body.encode()).containsPattern("[(; ]" + field + "[.:]");
    }

    /** Returns a value that no field of the type accepts. */
    private static Object wrong(FieldType type, Random random) {
        while (true) {
            Object value = any(random, 3);
            boolean fits = switch (type) {
                case STRING -> value instanceof String;
                case BOOLEAN -> value instanceof Boolean;
                case INTEGER -> value instanceof Number number && number.doubleValue() % 1 == 0;
                case NUMBER -> value instanceof Number;
                case ARRAY, SET ->
                    value instanceof List<?> list && list.stream().allMatch(element -> element instanceof String);
                case MAP, RECORD -> value instanceof Map<?, ?>;
                case FOREIGN -> value instanceof Map<?, ?> map && map.size() == 1;
            };
            if (!fits) {
                return value;
            }
        }
    }

    private static Object any(Random random, int depth) {
        int kind = random.nextInt(depth == 0 ? 7 : 9);
        return switch (kind) {
            case 0 -> random.nextBoolean();
            case 1 -> random.nextInt();
            case 2 -> random.nextLong();
            case 3 -> random.nextGaussian() * 1e9;
            case 4 -> -0.5;
            case 5 -> Double.MAX_VALUE;
            case 6 -> text(random);
            case 7 -> {
                List<@Nullable Object> list = new ArrayList<>();
                for (int i = random.nextInt(4); i >= 0; i--) {
                    list.add(random.nextInt(6) == 0 ? null : any(random, depth - 1));
                }
                yield list;
            }
            default -> {
                JsonObject object = new JsonObject();
                for (int i = random.nextInt(4); i > 0; i--) {
                    object.put(text(random), any(random, depth - 1));
                }
                yield object.getMap();
            }
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(8); i >= 0; i--) {
            text.appendCodePoint(random.nextInt(3) == 0 ? random.nextInt(0xd000) : 32 + random.nextInt(95));
        }
        return text.toString();
    }
}
