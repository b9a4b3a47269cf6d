package io.gatehouse.schema;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.EntityChange.FieldChange;
import io.gatehouse.schema.EntityChange.Operation;
import io.gatehouse.schema.EntityChange.Withheld;
import io.gatehouse.syntax.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests what the audit trail states about a write. */
class EntityChangeTest {
    private static Document check(EntitySchema schema, Map<String, @Nullable Object> values) {
        return schema.check(new LinkedHashMap<>(values));
    }

    private static Document plugin(String name, Map<String, @Nullable Object> config) {
        return check(EntitySchemas.PLUGINS, Map.of("name", name, "config", config));
    }

    /** Returns the second document with the id of the first. */
    private static Document as(Document first, Document second) {
        return second.with("id", first.get("id"));
    }

    private static List<String> paths(EntityChange change) {
        return change.fields().stream().map(FieldChange::path).toList();
    }

    private static String text(EntityChange change) {
        return Json.write(change.members());
    }

    @Test
    void aNewEntityHasTheValuesThatAreNotTheDefault() {
        Document service = check(EntitySchemas.SERVICES, Map.of("name", "orders", "host", "h", "retries", 7L));

        EntityChange change = EntityChange.created(EntitySchemas.SERVICES, service);

        assertThat(change.operation()).isEqualTo(Operation.CREATE);
        assertThat(change.id()).isEqualTo(service.id());
        assertThat(change.name()).isEqualTo("orders");
        assertThat(change.fields())
                .containsExactly(
                        new FieldChange("name", null, "orders", null),
                        new FieldChange("retries", null, 7L, null),
                        new FieldChange("host", null, "h", null));
    }

    @Test
    void aDeletedEntityHasTheValuesBefore() {
        Document service = check(EntitySchemas.SERVICES, Map.of("host", "h"));

        EntityChange change = EntityChange.deleted(EntitySchemas.SERVICES, service);

        assertThat(change.name()).isNull();
        assertThat(change.fields()).containsExactly(new FieldChange("host", "h", null, null));
        assertThat(change.isEmpty()).isFalse();
    }

    @Test
    void aChangeHasTheFieldsThatDiffer_andASetHasNoOrder() {
        Document before = check(EntitySchemas.SERVICES, Map.of("host", "h", "path", "/a", "tags", List.of("a", "b")));
        Document after = before.with("host", "other").with("path", null).with("tags", List.of("b", "a"));

        assertThat(EntityChange.updated(EntitySchemas.SERVICES, before, after).fields())
                .containsExactlyInAnyOrder(
                        new FieldChange("host", "h", "other", null), new FieldChange("path", "/a", null, null));
        assertThat(EntityChange.updated(EntitySchemas.SERVICES, before, before.with("updated_at", 1L))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void aFieldOfTheConfigHasItsPath() {
        Document before = plugin("rate-limiting", Map.of("minute", 5L));
        Document after = as(before, plugin("rate-limiting", Map.of("minute", 10L, "policy", "cluster")));

        EntityChange change = EntityChange.updated(EntitySchemas.PLUGINS, before, after);

        assertThat(paths(change)).containsExactlyInAnyOrder("config.minute", "config.policy");
        assertThat(change.name()).isEqualTo("rate-limiting");
    }

    @Test
    void aSecretIsNamedWithoutItsValues() {
        Document before = plugin("rate-limiting", Map.of("minute", 5L, "redis", Map.of("password", "hunter1")));
        Document after =
                as(before, plugin("rate-limiting", Map.of("minute", 5L, "redis", Map.of("password", "hunter2"))));

        EntityChange change = EntityChange.updated(EntitySchemas.PLUGINS, before, after);

        assertThat(change.fields())
                .containsExactly(new FieldChange("config.redis.password", null, null, Withheld.SECRET));
        assertThat(text(change)).doesNotContain("hunter");
        assertThat(text(EntityChange.created(EntitySchemas.PLUGINS, before))).doesNotContain("hunter");
        assertThat(text(EntityChange.deleted(EntitySchemas.PLUGINS, after))).doesNotContain("hunter");
    }

    @Test
    void aListThatCanContainSecretsIsWithheldAsAWhole() {
        Document before = plugin("request-transformer", Map.of());
        Document after = as(
                before,
                plugin("request-transformer", Map.of("add", Map.of("headers", List.of("Authorization:hunter2")))));

        EntityChange change = EntityChange.updated(EntitySchemas.PLUGINS, before, after);

        assertThat(paths(change)).containsExactly("config.add.headers");
        assertThat(text(change)).doesNotContain("hunter");
    }

    @Test
    void aFieldThatNoSchemaDeclaresIsASecret() {
        Document plugin = check(EntitySchemas.PLUGINS, Map.of("name", "key-auth"))
                .with("name", "of-a-later-version")
                .with("config", Map.of("api_key", "hunter2"));

        EntityChange change = EntityChange.deleted(EntitySchemas.PLUGINS, plugin);

        assertThat(change.fields()).contains(new FieldChange("config.api_key", null, null, Withheld.SECRET));
        assertThat(text(change)).doesNotContain("hunter");
    }

    @Test
    void aLongValueIsWithheld() {
        String longest = "x".repeat(EntityChange.MAX_VALUE);
        Document first = plugin("request-termination", Map.of("body", longest));
        Document second = as(first, plugin("request-termination", Map.of("body", longest + "x")));

        assertThat(EntityChange.created(EntitySchemas.PLUGINS, first).fields())
                .contains(new FieldChange("config.body", null, longest, null));
        assertThat(EntityChange.updated(EntitySchemas.PLUGINS, first, second).fields())
                .containsExactly(new FieldChange("config.body", null, null, Withheld.SIZE));
    }

    @Test
    void aTokenIsChangedOnlyIfTheWriteContainsAnother() {
        Document written = check(
                EntitySchemas.OAUTH2_TOKENS,
                Map.of(
                        "access_token",
                        "hunter2",
                        "expires_in",
                        60L,
                        "credential",
                        Map.of("id", "00000000-0000-0000-0000-000000000001")));
        // As the store reads it: the column has a digest.
        Document stored = written.with("access_token", null);
        Document named = written;
        Document unset = written.without(List.of("access_token", "refresh_token"));

        assertThat(paths(EntityChange.updated(EntitySchemas.OAUTH2_TOKENS, stored, unset)))
                .isEmpty();
        assertThat(paths(EntityChange.updated(EntitySchemas.OAUTH2_TOKENS, named, unset)))
                .isEmpty();
        assertThat(paths(EntityChange.updated(
                        EntitySchemas.OAUTH2_TOKENS, named, written.without(List.of("refresh_token")))))
                .isEmpty();
        assertThat(paths(EntityChange.updated(
                        EntitySchemas.OAUTH2_TOKENS, named, unset.with("access_token", "hunter3"))))
                .containsExactly("access_token");
        EntityChange created = EntityChange.created(EntitySchemas.OAUTH2_TOKENS, written);
        assertThat(created.name()).isNull();
        assertThat(created.fields()).contains(new FieldChange("access_token", null, null, Withheld.SECRET));
        assertThat(text(created)).doesNotContain("hunter");
    }
}
