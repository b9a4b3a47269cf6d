package io.gatehouse.connection;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/**
 * Formats the {@code Date} of responses, once a second (RFC 9110 §5.6.7, §6.6.1).
 *
 * <p><i>Threading</i>: immutable. Several event loops may format the same second, and each may use either.
 */
public record HttpDate(long second, String text) {
    private static final DateTimeFormatter FORMAT = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private static volatile HttpDate latest = of(0);

    /** Returns the current date. */
    public static String now() {
        long second = System.currentTimeMillis() / 1000;
        HttpDate date = latest;
        if (date.second != second) {
            date = of(second);
            latest = date;
        }
        return date.text;
    }

    private static HttpDate of(long second) {
        return new HttpDate(second, FORMAT.format(Instant.ofEpochSecond(second)));
    }
}
