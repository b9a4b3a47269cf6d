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
 * Makes the spans of requests where traces are exported; where they are not, there is no such object, and a null check is
 * all a request pays. Safe for every thread.
 */
public final class Tracing {
    private final Tracer tracer;

    public Tracing(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * The span of a request that came in.
     *
     * @param caller where it belongs; null: nowhere yet, so a trace begins whose id is the request's, so that one search
     *     finds both
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
