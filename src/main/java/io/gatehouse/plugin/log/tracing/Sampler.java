package io.gatehouse.plugin.log.tracing;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Decides whether the spans of a trace are sent. Safe for use by all event loops. */
interface Sampler {
    /** {@code caller} is the decision of the caller; null if there is none. */
    boolean samples(@Nullable Boolean caller, String traceId);

    /** Returns a sampler that decides only where the caller has not. */
    static Sampler ofUndecided(double ratio) {
        return (caller, traceId) -> caller == null ? ThreadLocalRandom.current().nextDouble() < ratio : caller;
    }

    /** Returns a sampler that samples a part of the traces that the caller does not exclude. All nodes decide alike by the id. */
    static Sampler ofTraceIds(double ratio) {
        return (caller, traceId) -> (caller == null || caller) && isWithin(traceId, ratio);
    }

    private static boolean isWithin(String traceId, double ratio) {
        long last = Long.parseUnsignedLong(TraceIdText.resized(traceId, TraceIdText.SPAN), 16) >>> 1;
        return ratio >= 1 || last < ratio * (double) Long.MAX_VALUE;
    }
}
