package io.gatehouse.plugin.log.tracing;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.FinishedRequest;
import io.gatehouse.plugin.LogPhase;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.PluginTrace;
import io.gatehouse.plugin.ResponsePhase;
import io.gatehouse.plugin.log.LogQueue;
import io.gatehouse.telemetry.SpanRecord;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Continues or begins the trace of each request, passes it to the upstream, and queues the spans of a sampled one.
 *
 * <p>A request that another plugin rejects first has a trace of its own from the log phase.
 */
final class TracingHandler implements PluginHandler {
    private final String name;
    private final Propagation propagation;
    private final Sampler sampler;
    private final Rules rules;
    private final @Nullable String responseHeader;
    private final @Nullable LogQueue<SpanRecord> queue;
    private final BiFunction<FinishedRequest, PluginTrace, List<SpanRecord>> spans;

    /**
     * Holds what distinguishes the plugins.
     *
     * @param sharesSpans whether the gateway records the caller's span, in formats that allow it
     * @param newTraceId returns the id of a trace that begins with a request, from the id of the request
     */
    record Rules(boolean sharesSpans, Function<String, String> newTraceId) {}

    /** {@code responseHeader} is null if the client does not receive the id. {@code queue} is null if no spans are sent. */
    TracingHandler(
            String name,
            Propagation propagation,
            Sampler sampler,
            Rules rules,
            @Nullable String responseHeader,
            @Nullable LogQueue<SpanRecord> queue,
            BiFunction<FinishedRequest, PluginTrace, List<SpanRecord>> spans) {
        this.name = name;
        this.propagation = propagation;
        this.sampler = sampler;
        this.rules = rules;
        this.responseHeader = responseHeader;
        this.queue = queue;
        this.spans = spans;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        Propagation.Found found = propagation.find(TraceHeaders.of(exchange));
        PluginTrace trace = begin(found, exchange.requestId());
        Map<String, String> ids = propagation.inject(exchange, found, trace);
        exchange.pluginTrace(
                name,
                new PluginTrace(
                        trace.traceId(),
                        trace.requestSpan(),
                        trace.parentSpan(),
                        trace.upstreamSpan(),
                        trace.isSampled(),
                        ids));
        return CONTINUE;
    }

    private PluginTrace begin(Propagation.Found found, String requestId) {
        IncomingTrace caller = found.trace();
        String traceId = caller.traceId() == null
                ? rules.newTraceId().apply(requestId)
                : TraceIdText.resized(caller.traceId(), TraceIdText.TRACE);
        String callers = caller.spanId();
        boolean isShared = rules.sharesSpans() && caller.sharesSpan();
        return new PluginTrace(
                traceId,
                isShared && callers != null ? callers : TraceIdText.newSpan(),
                isShared && callers != null ? caller.parentId() : callers,
                TraceIdText.newSpan(),
                sampler.samples(caller.isSampled(), traceId),
                Map.of());
    }

    @Override
    public @Nullable ResponsePhase responsePhase() {
        String header = responseHeader;
        return header == null
                ? null
                : (exchange, response) -> {
                    PluginTrace trace = exchange.pluginTrace(name);
                    if (trace == null) {
                        trace = begin(propagation.find(TraceHeaders.of(exchange)), exchange.requestId());
                        exchange.pluginTrace(name, trace);
                    }
                    response.headers().add(header, trace.traceId());
                };
    }

    @Override
    public @Nullable LogPhase logPhase() {
        LogQueue<SpanRecord> spanQueue = queue;
        return spanQueue == null ? null : request -> log(request, spanQueue);
    }

    private void log(FinishedRequest request, LogQueue<SpanRecord> spanQueue) {
        PluginTrace trace = request.traces().get(name);
        if (trace == null) {
            trace = begin(propagation.find(TraceHeaders.of(request)), request.requestId());
        }
        if (trace.isSampled()) {
            spans.apply(request, trace).forEach(span -> spanQueue.add(span, span.size()));
        }
    }

    @Override
    public boolean traces() {
        return true;
    }
}
