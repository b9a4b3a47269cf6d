package io.gatehouse.entity.plugin;

import io.gatehouse.schema.Field;
import java.util.List;

/** Declares the {@code prometheus} plugin's configuration. */
final class PrometheusPluginSchema {
    static final PluginSchema SCHEMA = new PluginSchema(
            "prometheus",
            "0.1.0",
            13,
            List.of(
                    flag("per_consumer"),
                    flag("status_code_metrics"),
                    // Accepted without effect: no plugin of this gateway has such metrics.
                    flag("ai_metrics"),
                    flag("latency_metrics"),
                    flag("bandwidth_metrics"),
                    flag("upstream_health_metrics")),
            List.of(),
            true);

    private PrometheusPluginSchema() {}

    private static Field flag(String name) {
        return Field.bool(name).defaultTo(false);
    }
}
