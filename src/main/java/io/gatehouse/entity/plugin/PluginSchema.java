package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.Shorthand;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Declares a plugin for the Admin API.
 *
 * @param name such as {@code oauth2}
 * @param version reported by {@code GET /}
 * @param priority higher runs earlier
 * @param configFields the fields of {@code config}
 * @param configChecks checks of several fields
 * @param isForConsumers whether it may be attached to a Consumer
 * @param entityChecks checks of fields of {@code config} whose violations are those of the whole plugin
 * @param shorthands older names of fields of {@code config}
 */
public record PluginSchema(
        String name,
        String version,
        int priority,
        List<Field> configFields,
        List<EntityCheck> configChecks,
        boolean isForConsumers,
        List<EntityCheck> entityChecks,
        List<Shorthand> shorthands) {

    /** Declares a plugin whose fields have no older names. */
    public PluginSchema(
            String name,
            String version,
            int priority,
            List<Field> configFields,
            List<EntityCheck> configChecks,
            boolean isForConsumers,
            List<EntityCheck> entityChecks) {
        this(name, version, priority, configFields, configChecks, isForConsumers, entityChecks, List.of());
    }

    /** Declares a plugin without checks of the whole plugin. */
    public PluginSchema(
            String name,
            String version,
            int priority,
            List<Field> configFields,
            List<EntityCheck> configChecks,
            boolean isForConsumers) {
        this(name, version, priority, configFields, configChecks, isForConsumers, List.of());
    }

    /** Returns the {@code config} field of this plugin. */
    Field config() {
        List<Field> all = new ArrayList<>(configFields);
        shorthands.forEach(shorthand -> all.add(shorthand.field()));
        return Field.record("config", all.toArray(Field[]::new)).required().checkedBy(configChecks);
    }

    /** Returns a plugin whose {@code config} has no older names. */
    Map<String, @Nullable Object> expand(Map<String, @Nullable Object> plugin) {
        if (shorthands.isEmpty() || !(plugin.get("config") instanceof Map<?, ?> config)) {
            return plugin;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(plugin);
        expanded.put("config", Shorthand.expand(shorthands, config));
        return expanded;
    }

    /** Returns the fields of the {@code plugins} entity, restricted for this plugin. */
    List<Field> refine(List<Field> pluginFields) {
        List<Field> refined = new ArrayList<>();
        for (Field field : pluginFields) {
            if (field.name().equals("config")) {
                refined.add(config());
            } else if (field.name().equals("consumer") && !isForConsumers) {
                refined.add(field.mustBeNull());
            } else {
                refined.add(field);
            }
        }
        return refined;
    }

    /** Returns the response body of {@code GET /schemas/plugins/<name>} (docs/reference/deck.md#schemas). */
    public Map<String, Object> describe() {
        List<Field> shown = refine(PluginsSchema.SCHEMA.fields()).stream()
                .filter(field -> List.of("consumer", "protocols", "config").contains(field.name()))
                .toList();
        return EntitySchema.describe(shown, entityChecks);
    }
}
