package io.gatehouse.telemetry;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/**
 * Begins the spans of requests. If traces are not exported there is no such object, and a request costs only a null check.
 *
 * <p><i>Threading</i>: safe for every thread.
 */
public final class Tracing {
    private final Tracer tracer;

    public Tracing(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * Begins the span of a client's request.
     *
     * @param caller the trace that it continues; if null, a trace begins with the request's id, so that one search finds both
     */
    public RequestTrace begin(@Nullable TraceParent caller, String requestId) {
        SpanBuilder builder = tracer.spanBuilder("request").setSpanKind(SpanKind.SERVER);
        if (caller == null) {
            TraceIds.next(requestId);
            builder.setNoParent();
        } else {
            SpanContext parent = SpanContext.createFromRemoteParent(
                    caller.traceId(), caller.parentId(), TraceFlags.fromByte(caller.flags()), TraceState.getDefault());
            builder.setParent(Context.root().with(Span.wrap(parent)));
        }
        return new RequestTrace(tracer, builder.startSpan());
    }
}
