package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.ReplacedFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declares plugins (docs/reference/admin-api.md#entities): one entity whose {@code config} depends on the plugin's name. */
public final class PluginsSchema {
    static final List<String> PROTOCOLS = List.of("grpc", "grpcs", "http", "https");

    public static final EntitySchema SCHEMA = EntitySchema.of(
                    "plugins",
                    "instance_name",
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            Field.string("name")
                                    .required()
                                    .decisive()
                                    .matches(
                                            PluginSchemas::isInstalled,
                                            name -> "plugin '" + name
                                                    + "' not enabled; add it to the 'plugins' configuration property"),
                            CommonFields.name().named("instance_name"),
                            Field.foreign("route", "routes", OnDelete.CASCADE),
                            Field.foreign("service", "services", OnDelete.CASCADE),
                            Field.foreign("consumer", "consumers", OnDelete.CASCADE),
                            Field.record("config").required(),
                            CommonFields.protocols(PROTOCOLS, PROTOCOLS),
                            Field.bool("enabled").required().defaultTo(true),
                            CommonFields.tags()),
                    EntityCheck.dependent(plugin -> PluginSchemas.find(plugin.string("name"))
                            .map(PluginSchema::entityChecks)
                            .orElse(List.of())))
            .uniqueTogether("name", "service", "route", "consumer")
            .expandedBy(ReplacedFields::expand)
            .refinedBy(PluginsSchema::refine);

    private PluginsSchema() {}

    private static List<Field> refine(List<Field> fields, Map<String, @Nullable Object> plugin) {
        return plugin.get("name") instanceof String name
                ? PluginSchemas.find(name).map(schema -> schema.refine(fields)).orElse(fields)
                : fields;
    }
}
