package io.gatehouse.plugin.prometheus;

import io.prometheus.metrics.model.snapshots.Labels;

/**
 * Names a series of {@code kong_http_requests_total}.
 *
 * @param code as {@link RouteCodes#bounded} returned it
 */
record RequestLabels(RouteLabels route, int code, String source, String consumer)
        implements SeriesCounts.Key<RequestLabels> {
    @Override
    public RequestLabels withoutConsumer() {
        return new RequestLabels(route, code, source, "");
    }

    @Override
    public Labels labels() {
        return route.labels()
                .add("code", code == RouteCodes.OTHER ? "other" : Integer.toString(code))
                .add("source", source)
                .add("consumer", consumer);
    }
}
