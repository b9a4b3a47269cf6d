package io.gatehouse.upstream;

import java.util.concurrent.TimeUnit;

/** Reads the {@code Keep-Alive} header of a response (RFC 2068 §19.7.1.1). */
final class KeepAlive {
    private KeepAlive() {}

    /** Returns how long the upstream keeps an idle connection; the largest number if the header does not contain it. */
    static long nanos(String header) {
        for (String parameter : header.split(",", -1)) {
            int equals = parameter.indexOf('=');
            if (equals > 0 && parameter.substring(0, equals).trim().equalsIgnoreCase("timeout")) {
                try {
                    return TimeUnit.SECONDS.toNanos(
                            Integer.parseInt(parameter.substring(equals + 1).trim()));
                } catch (NumberFormatException malformed) {
                    return Long.MAX_VALUE;
                }
            }
        }
        return Long.MAX_VALUE;
    }
}
