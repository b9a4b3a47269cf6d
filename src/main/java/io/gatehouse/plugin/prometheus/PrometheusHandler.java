package io.gatehouse.plugin.prometheus;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogPhase;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.vertx.core.Future;

/** Counts each request that has ended: the {@code prometheus} plugin. */
final class PrometheusHandler implements PluginHandler, LogPhase {
    private final PrometheusConfig config;
    private final KongMetrics metrics;

    PrometheusHandler(PrometheusConfig config, KongMetrics metrics) {
        this.config = config;
        this.metrics = metrics;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        return CONTINUE;
    }

    @Override
    public LogPhase logPhase() {
        return this;
    }

    @Override
    public void log(FinishedRequest request) {
        // As in Kong, a request without a route is not counted.
        if (request.route() == null) {
            return;
        }
        RouteLabels route = RouteLabels.of(request.route(), request.service());
        String consumer = consumer(request);
        if (config.statusCodes()) {
            String source = request.isUpstreams() ? "service" : "kong";
            int code = metrics.codes(route).bounded(request.status());
            metrics.addRequest(new RequestLabels(route, code, source, consumer));
        }
        if (config.bandwidth()) {
            metrics.addBytes(new ByteLabels(route, "ingress", consumer), request.requestBytes());
            metrics.addBytes(new ByteLabels(route, "egress", consumer), request.responseBytes());
        }
        if (config.latencies()) {
            metrics.latencies(route).record(request.status(), request.latencies());
        }
    }

    private String consumer(FinishedRequest request) {
        if (!config.perConsumer() || request.identity() == null) {
            return "";
        }
        String username = request.identity().consumerUsername();
        return username == null ? "" : username;
    }
}
