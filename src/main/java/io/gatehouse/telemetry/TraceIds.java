package io.gatehouse.telemetry;

import io.opentelemetry.sdk.trace.IdGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Gives a trace that begins here the id of its request.
 *
 * <p><i>Threading</i>: the SDK asks on the thread that starts the span.
 */
public final class TraceIds implements IdGenerator {
    private static final ThreadLocal<@Nullable String> NEXT = new ThreadLocal<>();

    private final IdGenerator random = IdGenerator.random();

    /** Sets the id of the trace that this thread begins next. */
    static void next(String traceId) {
        NEXT.set(traceId);
    }

    @Override
    public String generateTraceId() {
        String next = NEXT.get();
        NEXT.remove();
        return next == null ? random.generateTraceId() : next;
    }

    @Override
    public String generateSpanId() {
        return random.generateSpanId();
    }
}
