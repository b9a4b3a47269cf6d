package io.gatehouse.admin.console;

import io.gatehouse.admin.http.Content;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Holds a file of the console.
 *
 * @param tag the entity tag of its bytes (RFC 9110 §8.8.3)
 */
record ConsoleFile(Content content, String tag) {

    static ConsoleFile of(Content content) {
        return new ConsoleFile(content, '"' + digest(content.bytes().getBytes()) + '"');
    }

    /** Returns whether a client has these bytes, by the value of {@code If-None-Match} (RFC 9110 §13.1.2). */
    boolean isCached(@Nullable String ifNoneMatch) {
        return ifNoneMatch != null
                && Stream.of(ifNoneMatch.split(","))
                        .map(String::strip)
                        // The comparison is the weak one.
                        .map(one -> one.startsWith("W/") ? one.substring(2) : one)
                        .anyMatch(one -> one.equals(tag) || one.equals("*"));
    }

    private static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java runtime has SHA-256", e);
        }
    }
}
