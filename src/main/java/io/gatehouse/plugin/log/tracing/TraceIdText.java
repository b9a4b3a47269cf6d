package io.gatehouse.plugin.log.tracing;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Reads and writes the ids of traces and spans. They are lower-case hexadecimal characters, and not only zeros. */
final class TraceIdText {
    static final int SPAN = 16;
    static final int TRACE = 32;

    private static final HexFormat HEX = HexFormat.of();
    /** Digits of the largest number of 128 bits. */
    private static final int MAX_DIGITS = 39;

    private static final int RADIX = 16;
    private static final String ZEROS = "0".repeat(TRACE);

    private TraceIdText() {}

    /** Returns a new id of a span. It is no secret. */
    static String newSpan() {
        return HEX.toHexDigits(ThreadLocalRandom.current().nextLong() | 1);
    }

    /** Returns the id; null unless it has exactly that length. */
    static @Nullable String exactly(@Nullable String text, int length) {
        return text != null && text.length() == length ? atMost(text, length) : null;
    }

    /** Returns the id of a trace of 16 or 32 characters; null otherwise. */
    static @Nullable String trace(@Nullable String text) {
        String id = exactly(text, TRACE);
        return id == null ? exactly(text, SPAN) : id;
    }

    /** Returns the id with leading zeros; null if it is empty, longer, no hexadecimal number, or zero. */
    static @Nullable String atMost(String text, int length) {
        if (text.isEmpty() || text.length() > length || !text.chars().allMatch(HexFormat::isHexDigit)) {
            return null;
        }
        String id = resized(text.toLowerCase(Locale.ROOT), length);
        return ZEROS.startsWith(id) ? null : id;
    }

    /** Returns the id with leading zeros, or without its first characters. */
    static String resized(String id, int length) {
        return id.length() >= length ? id.substring(id.length() - length) : ZEROS.substring(id.length(), length) + id;
    }

    /** Returns the hexadecimal form of a decimal number; null if it is none, zero, or too large. */
    static @Nullable String ofDecimal(String text, int length) {
        if (text.isEmpty() || text.length() > MAX_DIGITS || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return null;
        }
        return atMost(new BigInteger(text).toString(RADIX), length);
    }

    /** Returns the last 64 bits as a decimal number. */
    static String decimal(String id) {
        return Long.toUnsignedString(Long.parseUnsignedLong(resized(id, SPAN), RADIX));
    }
}
