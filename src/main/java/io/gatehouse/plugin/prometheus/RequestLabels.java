package io.gatehouse.plugin.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;

/** Names a series of {@code kong_http_requests_total}. */
record RequestLabels(RouteLabels route, int code, String source, String consumer)
        implements SeriesCounts.Key<RequestLabels> {
    @Override
    public RequestLabels withoutConsumer() {
        return new RequestLabels(route, code, source, "");
    }

    @Override
    public Labels labels() {
        return route.labels()
                .add("code", Integer.toString(code))
                .add("source", source)
                .add("consumer", consumer);
    }
}
