package io.gatehouse.plugin.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;

/** Names a series of {@code kong_bandwidth_bytes}. */
record ByteLabels(RouteLabels route, String direction, String consumer) implements SeriesCounts.Key<ByteLabels> {
    @Override
    public ByteLabels withoutConsumer() {
        return new ByteLabels(route, direction, "");
    }

    @Override
    public Labels labels() {
        return route.labels().add("direction", direction).add("consumer", consumer);
    }
}
