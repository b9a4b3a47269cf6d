package io.gatehouse.plugin.log.tracing;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.log.HttpEndpoint;
import io.gatehouse.plugin.log.HttpSender;
import io.gatehouse.plugin.log.LogBudget;
import io.gatehouse.plugin.log.LogQueue;
import io.gatehouse.plugin.log.Queues;
import io.gatehouse.schema.Document;
import io.gatehouse.telemetry.OtlpTraces;
import io.gatehouse.telemetry.SpanRecord;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Creates the factories of the plugins that trace requests. One for each node. */
public final class TracingPlugins {
    private static final String ZIPKIN = "zipkin";
    private static final String OPENTELEMETRY = "opentelemetry";
    /** The default of Kong's setting {@code tracing_sampling_rate}. */
    private static final double SAMPLING_RATE = 0.01;

    private static final String TRACES_ENDPOINT = "traces_endpoint";
    private static final int BYTES_OF_SPAN_ID = 8;

    private final Vertx vertx;
    private final MeterRegistry registry;
    private final String nodeId;
    private final String version;
    private final LogBudget budget;

    /**
     * Creates the plugins of a node.
     *
     * @param version of Gatehouse
     * @param budget of the queues, shared with other plugins that queue
     */
    public TracingPlugins(Vertx vertx, MeterRegistry registry, String nodeId, String version, LogBudget budget) {
        this.vertx = vertx;
        this.registry = registry;
        this.nodeId = nodeId;
        this.version = version;
        this.budget = budget;
    }

    /** Returns the factories by plugin name. */
    public Map<String, PluginFactory> factories() {
        HttpClient client = vertx.createHttpClient(new HttpClientOptions().setKeepAliveTimeout(60));
        return Map.of(ZIPKIN, zipkin(client), OPENTELEMETRY, openTelemetry(client));
    }

    private PluginFactory zipkin(HttpClient client) {
        Queues<SpanRecord> queues =
                new Queues<>(vertx, registry, budget, ZIPKIN, config -> zipkinSender(client, config));
        return (Plugin plugin, Catalog catalog) -> {
            Document config = plugin.config();
            return new TracingHandler(
                    ZIPKIN,
                    Propagation.of(config),
                    Sampler.ofUndecided(config.number("sample_ratio").doubleValue()),
                    new TracingHandler.Rules(true, newTraceId(config.integer("traceid_byte_count"))),
                    config.optionalString("http_response_header_for_traceid"),
                    config.get("http_endpoint") == null ? null : queues.of(plugin),
                    new ZipkinSpans(ZipkinConfig.of(config), nodeId)::of);
        };
    }

    private static LogQueue.Sender<SpanRecord> zipkinSender(HttpClient client, Document config) {
        String localService = config.string("local_service_name");
        return new HttpSender<>(
                client,
                endpoint(config, "http_endpoint", "application/json", Map.of()),
                spans -> ZipkinJson.of(spans, localService));
    }

    private PluginFactory openTelemetry(HttpClient client) {
        Queues<SpanRecord> queues = new Queues<>(
                vertx,
                registry,
                budget,
                OPENTELEMETRY,
                Queues.withSecret(TRACES_ENDPOINT, config -> openTelemetrySender(client, config)));
        return (Plugin plugin, Catalog catalog) -> {
            Document config = plugin.config();
            Number rate = config.get("sampling_rate") == null ? SAMPLING_RATE : config.number("sampling_rate");
            return new TracingHandler(
                    OPENTELEMETRY,
                    Propagation.of(config),
                    Sampler.ofTraceIds(rate.doubleValue()),
                    new TracingHandler.Rules(false, requestId -> requestId),
                    config.optionalString("http_response_header_for_traceid"),
                    queues.of(plugin),
                    OpenTelemetrySpans::of);
        };
    }

    private LogQueue.Sender<SpanRecord> openTelemetrySender(HttpClient client, Document config) {
        Map<String, String> resource = new LinkedHashMap<>();
        resource.put("service.name", "kong");
        resource.put("service.instance.id", nodeId);
        resource.put("service.version", version);
        config.record("resource_attributes")
                .values()
                .forEach((name, value) -> resource.put(name, String.valueOf(value)));
        OtlpTraces traces = new OtlpTraces(resource, "gatehouse");
        return new HttpSender<>(
                client,
                endpoint(
                        config,
                        TRACES_ENDPOINT,
                        "application/x-protobuf",
                        config.record("headers").values()),
                spans -> Buffer.buffer(traces.encode(spans)));
    }

    private static HttpEndpoint endpoint(Document config, String url, String contentType, Map<String, ?> headers) {
        return new HttpEndpoint(
                config.string(url),
                "POST",
                contentType,
                headers,
                config.integer("connect_timeout"),
                config.integer("send_timeout") + config.integer("read_timeout"));
    }

    /** A trace that begins with a request has the id of the request, so that one search finds both. */
    private static UnaryOperator<String> newTraceId(long bytes) {
        return bytes == BYTES_OF_SPAN_ID
                ? requestId -> TraceIdText.resized(requestId, TraceIdText.SPAN)
                : requestId -> requestId;
    }
}
