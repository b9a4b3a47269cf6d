package io.gatehouse.entity.plugin;

import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

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
 */
public record PluginSchema(
        String name,
        String version,
        int priority,
        List<Field> configFields,
        List<EntityCheck> configChecks,
        boolean isForConsumers,
        List<EntityCheck> entityChecks) {

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
        return Field.record("config", configFields.toArray(Field[]::new))
                .required()
                .checkedBy(configChecks);
    }

    /** Returns the fields of the {@code plugins} entity, restricted for this plugin. */
    List<Field> refine(List<Field> pluginFields) {
        List<Field> refined = new ArrayList<>();
        for (Field field : pluginFields) {
            if (field.name().equals("config")) {
                refined.add(config());
            } else if (field.name().equals("protocols")) {
                refined.add(PluginsSchema.protocols(name));
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
