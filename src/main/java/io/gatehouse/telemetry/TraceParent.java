package io.gatehouse.telemetry;

import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Where a request belongs in a distributed trace (W3C Trace Context, Level 1 §3.2).
 *
 * @param traceId 32 lower-case hexadecimal characters
 * @param parentId 16 of them: the caller's span
 * @param flags the last bit says that the caller records the trace
 */
public record TraceParent(String traceId, String parentId, byte flags) {
    private static final String HEADER = "traceparent";
    private static final int TRACE_ID = 3;
    private static final int PARENT_ID = 36;
    private static final int FLAGS = 53;
    private static final int LENGTH = 55;
    private static final int HEX = 16;

    /** The caller's; null when it says none, or none that makes sense. */
    public static @Nullable TraceParent of(HttpServerRequest request) {
        String given = request.getHeader(HEADER);
        // Several are as good as none (§3.2).
        return given == null || request.headers().getAll(HEADER).size() > 1 ? null : parse(given);
    }

    /** Null when the text is no valid {@code traceparent}: then it must not be passed on (§2.2, §3.2.2). */
    public static @Nullable TraceParent parse(String text) {
        if (text.length() < LENGTH
                || text.charAt(TRACE_ID - 1) != '-'
                || text.charAt(PARENT_ID - 1) != '-'
                || text.charAt(FLAGS - 1) != '-') {
            return null;
        }
        boolean knownVersion = text.startsWith("00");
        // A later version may say more after what this one knows; version ff is none.
        boolean sound = knownVersion
                ? text.length() == LENGTH
                : isHex(text, 0, 2)
                        && !text.startsWith("ff")
                        && (text.length() == LENGTH || text.charAt(LENGTH) == '-');
        if (!sound
                || !isId(text, TRACE_ID, PARENT_ID - 1)
                || !isId(text, PARENT_ID, FLAGS - 1)
                || !isHex(text, FLAGS, LENGTH)) {
            return null;
        }
        return new TraceParent(text.substring(TRACE_ID, PARENT_ID - 1), text.substring(PARENT_ID, FLAGS - 1), (byte)
                Integer.parseInt(text, FLAGS, LENGTH, HEX));
    }

    /** Hexadecimal, and not only zeros. */
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
