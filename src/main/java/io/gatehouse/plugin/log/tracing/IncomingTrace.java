package io.gatehouse.plugin.log.tracing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds what the headers of one format say of a request's trace.
 *
 * @param traceId 16 or 32 characters; null if the headers contain only a decision
 * @param spanId of the caller, or of the request itself if {@code sharesSpan}; null without a trace id
 * @param parentId the parent of {@code spanId}; null if it is not known
 * @param isSampled the caller's decision; null if there is none
 * @param sharesSpan whether caller and callee record the same span
 * @param isDebug whether the caller asks for the trace in any case
 * @param isSingle whether the context came in the one header of B3
 * @param baggage names without the prefix of the format, and values
 */
record IncomingTrace(
        @Nullable String traceId,
        @Nullable String spanId,
        @Nullable String parentId,
        @Nullable Boolean isSampled,
        boolean sharesSpan,
        boolean isDebug,
        boolean isSingle,
        Map<String, String> baggage) {
    static final IncomingTrace NONE = new IncomingTrace(null, null, null, null, false, false, false, Map.of());

    /** Creates the trace of a format that names the caller's span. Returns null if there is neither an id nor a decision. */
    static @Nullable IncomingTrace ofCaller(
            @Nullable String traceId, @Nullable String spanId, @Nullable Boolean isSampled) {
        return (traceId == null && isSampled == null)
                ? null
                : new IncomingTrace(
                        traceId, traceId == null ? null : spanId, null, isSampled, false, false, false, Map.of());
    }

    IncomingTrace with(Map<String, String> newBaggage) {
        return new IncomingTrace(traceId, spanId, parentId, isSampled, sharesSpan, isDebug, isSingle, newBaggage);
    }
}
