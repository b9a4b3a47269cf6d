package io.gatehouse.admin.schema;

import io.gatehouse.entity.plugin.PluginSchema;
import io.gatehouse.entity.plugin.PluginSchemas;
import io.gatehouse.entity.plugin.PluginsSchema;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.schema.Field;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Describes plugins, the entity whose {@code config} depends on its {@code name}. */
final class PluginBodies {
    private PluginBodies() {}

    static String configOf(PluginSchema plugin) {
        return "config_of_" + plugin.name();
    }

    /** Returns the schema of a complete configuration. */
    static Map<String, Object> config(PluginSchema plugin) {
        Map<String, Object> config = new LinkedHashMap<>(FieldSchemas.object(plugin.configFields()));
        FieldSchemas.require(config, plugin.configFields());
        return config;
    }

    /** Returns the schema of a complete plugin, with more specific schemas for some fields. */
    static Map<String, Object> complete(Map<String, Object> special) {
        return plugins(special, plugin -> {
            Map<String, Object> variant = new LinkedHashMap<>(variant(plugin, OpenApi.reference(configOf(plugin))));
            if (!FieldSchemas.required(plugin.configFields()).isEmpty()) {
                variant.put("required", List.of("config"));
            }
            return variant;
        });
    }

    /** Returns the schema of a patch, whose {@code config} may have any part of the fields. */
    static Map<String, Object> patch(Map<String, Object> special) {
        return plugins(special, plugin -> variant(plugin, FieldSchemas.object(plugin.configFields())));
    }

    private static Map<String, Object> plugins(
            Map<String, Object> special, Function<PluginSchema, Map<String, Object>> variant) {
        Map<String, Object> name = FieldSchemas.of(
                Field.string("name").required().oneOf(OpenApi.names(PluginSchemas.installed(), PluginSchema::name)));
        Map<String, Object> fields = new HashMap<>(special);
        fields.put("name", name);
        fields.put("config", Map.of("type", "object"));
        Map<String, Object> schema = new LinkedHashMap<>(FieldSchemas.object(EntitySchemas.PLUGINS.fields(), fields));
        schema.put("anyOf", PluginSchemas.installed().stream().map(variant).toList());
        return schema;
    }

    private static Map<String, Object> variant(PluginSchema plugin, Map<String, Object> config) {
        Map<String, Object> protocols = FieldSchemas.of(PluginsSchema.protocols(plugin.name()));
        return Map.of(
                "properties", Map.of("name", Map.of("const", plugin.name()), "protocols", protocols, "config", config));
    }
}
