package io.gatehouse.upstream;

import java.util.concurrent.TimeUnit;

/** Reads the {@code Keep-Alive} header of a response (RFC 2068 §19.7.1.1). */
final class KeepAlive {
    private static final long MARGIN_NANOS = TimeUnit.SECONDS.toNanos(1);

    private KeepAlive() {}

    /**
     * Returns how long a connection may be idle before it is used again: a second less than the upstream keeps it, or half of that
     * time. The largest number if the header does not contain it.
     *
     * <p><i>Why less</i>: the upstream has begun to count before its response arrived. A POST that meets its close is 502.
     */
    static long nanos(String header) {
        for (String parameter : header.split(",", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).trim().equalsIgnoreCase("timeout")) {
                try {
                    long kept = TimeUnit.SECONDS.toNanos(
                            Integer.parseInt(parameter.substring(equals + 1).trim()));
                    return kept - Math.min(MARGIN_NANOS, kept / 2);
                } catch (NumberFormatException malformed) {
                    return Long.MAX_VALUE;
                }
            }
        }
        return Long.MAX_VALUE;
    }
}
