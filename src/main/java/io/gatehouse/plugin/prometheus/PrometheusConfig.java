package io.gatehouse.plugin.prometheus;

import io.gatehouse.entity.Plugin;
import io.gatehouse.schema.Document;

/**
 * Holds the {@code prometheus} plugin's configuration, read once per change.
 *
 * @param perConsumer whether requests and bytes have the Consumer's username as a label
 */
record PrometheusConfig(boolean perConsumer, boolean statusCodes, boolean latencies, boolean bandwidth) {

    static PrometheusConfig of(Plugin plugin) {
        Document config = plugin.config();
        return new PrometheusConfig(
                config.flag("per_consumer"),
                config.flag("status_code_metrics"),
                config.flag("latency_metrics"),
                config.flag("bandwidth_metrics"));
    }
}
