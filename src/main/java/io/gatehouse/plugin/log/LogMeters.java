package io.gatehouse.plugin.log;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;

/** Counts the log entries of one plugin on this node, by the plugin's name. */
final class LogMeters {
    private final Counter sent;
    private final Counter dropped;

    LogMeters(MeterRegistry registry, String plugin) {
        this.sent = Counter.builder("gatehouse.log.entries.sent")
                .description("Log entries that a plugin has delivered")
                .tag("plugin", plugin)
                .register(registry);
        this.dropped = Counter.builder("gatehouse.log.entries.dropped")
                .description(
                        "Log entries that a plugin dropped because its queue was full or its server did not take them")
                .tag("plugin", plugin)
                .register(registry);
    }

    void sent(int count) {
        sent.increment(count);
    }

    void dropped(int count) {
        dropped.increment(count);
    }
}
