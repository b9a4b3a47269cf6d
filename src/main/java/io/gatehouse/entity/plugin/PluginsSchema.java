package io.gatehouse.entity.plugin;

import io.gatehouse.entity.plugin.field.ReplacedFields;
import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.schema.OnDelete;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Declares plugins (docs/reference/admin-api.md#entities): one entity whose {@code config} depends on the plugin's name. */
public final class PluginsSchema {
    private static final List<String> OF_REQUESTS = List.of("grpc", "grpcs", "http", "https");
    private static final List<String> ALL =
            List.of("grpc", "grpcs", "http", "https", "tcp", "tls", "tls_passthrough", "udp");

    /** The plugins that Kong also runs on connections. */
    private static final Set<String> OF_CONNECTIONS = Set.of(
            "datadog",
            "file-log",
            "http-log",
            "ip-restriction",
            "loggly",
            "prometheus",
            "proxy-cache",
            "statsd",
            "syslog",
            "tcp-log",
            "udp-log",
            "zipkin");

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
                            CommonFields.protocols(ALL, OF_REQUESTS),
                            Field.bool("enabled").required().defaultTo(true),
                            CommonFields.tags()),
                    EntityCheck.dependent(plugin -> PluginSchemas.find(plugin.string("name"))
                            .map(PluginSchema::entityChecks)
                            .orElse(List.of())))
            .uniqueTogether("name", "service", "route", "consumer")
            .expandedBy(ReplacedFields::expand)
            .refinedBy(PluginsSchema::refine);

    private PluginsSchema() {}

    /** Declares the protocols of a plugin. No plugin runs on connections, so their protocols need one of requests beside them. */
    public static Field protocols(String plugin) {
        return OF_CONNECTIONS.contains(plugin)
                ? CommonFields.protocols(ALL, OF_REQUESTS).check(PluginsSchema::connectionsViolation)
                : CommonFields.protocols(OF_REQUESTS, OF_REQUESTS);
    }

    private static @Nullable Object connectionsViolation(Object value) {
        List<?> protocols = (List<?>) value;
        return protocols.isEmpty() || OF_REQUESTS.stream().anyMatch(protocols::contains)
                ? null
                : "cannot set 'protocols' without 'grpc', 'grpcs', 'http' or 'https': no plugin runs on connections";
    }

    private static List<Field> refine(List<Field> fields, Map<String, @Nullable Object> plugin) {
        return plugin.get("name") instanceof String name
                ? PluginSchemas.find(name).map(schema -> schema.refine(fields)).orElse(fields)
                : fields;
    }
}
