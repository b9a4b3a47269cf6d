package io.gatehouse.telemetry;

import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * The trace context of a request (W3C Trace Context, Level 1 §3.2).
 *
 * @param traceId 32 lower-case hexadecimal characters
 * @param parentId the client's span, 16 such characters
 * @param flags the last bit is set if the client records the trace
 */
public record TraceParent(String traceId, String parentId, byte flags) {
    private static final String HEADER = "traceparent";
    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;
    private static final int HEX = 16;

    /** Returns the client's trace context; null if there is none, or if it is invalid. */
    public static @Nullable TraceParent of(HttpServerRequest request) {
        String given = request.getHeader(HEADER);
        // Several are invalid (§3.2).
        return given == null || request.headers().getAll(HEADER).size() > 1 ? null : parse(given);
    }

    /** Returns null if the text is no valid {@code traceparent}. It must not be passed on then (§2.2, §3.2.2). */
    public static @Nullable TraceParent parse(String text) {
        if (text.length() < LENGTH
                || text.charAt(TRACE_ID - 1) != '-'
                || text.charAt(PARENT_ID - 1) != '-'
                || text.charAt(FLAGS - 1) != '-') {
            return null;
        }
        boolean isVersion0 = text.startsWith("00");
        // A later version may append fields. Version ff is invalid.
        boolean isValid = isVersion0
                ? text.length() == LENGTH
                : isHex(text, 0, 2)
                        && !text.startsWith("ff")
                        && (text.length() == LENGTH || text.charAt(LENGTH) == '-');
        if (!isValid
                || !isId(text, TRACE_ID, PARENT_ID - 1)
                || !isId(text, PARENT_ID, FLAGS - 1)
                || !isHex(text, FLAGS, LENGTH)) {
            return null;
        }
        return new TraceParent(text.substring(TRACE_ID, PARENT_ID - 1), text.substring(PARENT_ID, FLAGS - 1), (byte)
                Integer.parseInt(text, FLAGS, LENGTH, HEX));
    }

    /** Whether it is hexadecimal, and not only zeros. */
    private static boolean isId(String text, int from, int to) {
        boolean zero = true;
        for (int i = from; i < to; i++) {
            zero &= text.charAt(i) == '0';
        }
        return !zero && isHex(text, from, to);
    }

    private static boolean isHex(String text, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if ((c < '0' || c > '9') && (c < 'a' || c > 'f')) {
                return false;
            }
        }
        return true;
    }
}
