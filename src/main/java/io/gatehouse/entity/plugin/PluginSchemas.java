package io.gatehouse.entity.plugin;

import java.util.List;
import java.util.Optional;

/** Lists the plugins of this gateway. */
public final class PluginSchemas {
    private static final List<PluginSchema> INSTALLED = List.of(
            OAuth2PluginSchema.SCHEMA,
            JwtPluginSchema.SCHEMA,
            KeyAuthPluginSchema.SCHEMA,
            AclPluginSchema.SCHEMA,
            RateLimitingPluginSchema.SCHEMA,
            ResponseRateLimitingPluginSchema.SCHEMA,
            ProxyCachePluginSchema.SCHEMA,
            CorsPluginSchema.SCHEMA,
            CorrelationIdPluginSchema.SCHEMA,
            RequestTerminationPluginSchema.SCHEMA,
            LdapAuthPluginSchema.SCHEMA,
            BasicAuthPluginSchema.SCHEMA,
            HmacAuthPluginSchema.SCHEMA,
            OpenIdConnectPluginSchema.SCHEMA,
            SessionPluginSchema.SCHEMA,
            StandardWebhooksPluginSchema.SCHEMA,
            IpRestrictionPluginSchema.SCHEMA,
            RequestSizeLimitingPluginSchema.SCHEMA,
            RedirectPluginSchema.SCHEMA,
            BotDetectionPluginSchema.SCHEMA,
            TransformerPluginSchemas.REQUEST,
            TransformerPluginSchemas.RESPONSE,
            GrpcWebPluginSchema.SCHEMA,
            PrometheusPluginSchema.SCHEMA,
            LogPluginSchemas.HTTP,
            LogPluginSchemas.FILE,
            LogPluginSchemas.TCP,
            LogPluginSchemas.UDP,
            LogPluginSchemas.LOGGLY,
            LogPluginSchemas.SYSLOG,
            MetricPluginSchemas.STATSD,
            MetricPluginSchemas.DATADOG,
            TracingPluginSchemas.ZIPKIN,
            TracingPluginSchemas.OPENTELEMETRY);

    private PluginSchemas() {}

    public static List<PluginSchema> installed() {
        return INSTALLED;
    }

    public static Optional<PluginSchema> find(String name) {
        return INSTALLED.stream().filter(schema -> schema.name().equals(name)).findFirst();
    }

    static boolean isInstalled(String name) {
        return find(name).isPresent();
    }
}
