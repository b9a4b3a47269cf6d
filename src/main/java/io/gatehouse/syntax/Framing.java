package io.gatehouse.syntax;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Defines where the body of an HTTP message ends (RFC 9112 §6.3).
 *
 * <p><i>Invariant</i>: a message is framed once, from its own head. The head for the next hop is written from this object, and never
 * from a header.
 *
 * @param length bytes of the body; 0 unless the kind is {@link Kind#LENGTH}
 */
public record Framing(Kind kind, long length) {
    /** The mark of the end of a body. */
    public enum Kind {
        /** The message has no body, and its head announces none. */
        NONE,
        /** The head announces the number of bytes. */
        LENGTH,
        /** The message marks its end, by the last chunk in HTTP/1.1 and by END_STREAM in HTTP/2. */
        CHUNKED,
        /** The body ends with the connection. Only in responses of HTTP/1. */
        UNTIL_CLOSE
    }

    public static final Framing NONE = new Framing(Kind.NONE, 0);
    public static final Framing CHUNKED = new Framing(Kind.CHUNKED, 0);
    public static final Framing UNTIL_CLOSE = new Framing(Kind.UNTIL_CLOSE, 0);
    private static final Framing EMPTY = new Framing(Kind.LENGTH, 0);

    /** The digits that fit into a long. */
    private static final int MAX_DIGITS = 18;

    private static final int FIRST_FINAL_STATUS = 200;
    private static final int NO_CONTENT = 204;
    private static final int NOT_MODIFIED = 304;

    public Framing {
        if (length < 0 || (length > 0 && kind != Kind.LENGTH)) {
            throw new IllegalArgumentException("a length of " + length + " for " + kind);
        }
    }

    /** Returns the framing of a body of so many bytes. */
    public static Framing ofLength(long bytes) {
        return bytes == 0 ? EMPTY : new Framing(Kind.LENGTH, bytes);
    }

    /**
     * Reads the framing of an HTTP/1 request.
     *
     * @param lengths the values of every {@code Content-Length} field
     * @param codings the values of every {@code Transfer-Encoding} field
     * @param isHttp11 whether the request may be chunked: HTTP/1.0 has no transfer codings (RFC 9112 §6.1)
     * @return null if two recipients could read the message differently
     */
    public static @Nullable Framing ofRequest(List<String> lengths, List<String> codings, boolean isHttp11) {
        return announced(lengths, codings, isHttp11, NONE);
    }

    /**
     * Reads the framing of an HTTP/2 request, whose body ends with its stream (RFC 9113 §8.1.1).
     *
     * @return null if the length is invalid or a transfer coding is named (RFC 9113 §8.2.2)
     */
    public static @Nullable Framing ofStream(List<String> lengths, List<String> codings) {
        return announced(lengths, codings, false, CHUNKED);
    }

    /**
     * Reads the framing of an HTTP/1 response.
     *
     * @param isToHead whether it responds to HEAD; its length then describes a body that is not sent
     * @return null if two recipients could read the message differently
     */
    public static @Nullable Framing ofResponse(
            int status, boolean isToHead, List<String> lengths, List<String> codings, boolean isHttp11) {
        Framing announced = announced(lengths, codings, isHttp11, UNTIL_CLOSE);
        boolean hasNoBody = isToHead || status < FIRST_FINAL_STATUS || status == NO_CONTENT || status == NOT_MODIFIED;
        return announced == null || !hasNoBody ? announced : NONE;
    }

    private static @Nullable Framing announced(
            List<String> lengths, List<String> codings, boolean knowsCodings, Framing unannounced) {
        if (!codings.isEmpty()) {
            boolean isChunked = codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
            return knowsCodings && isChunked && lengths.isEmpty() ? CHUNKED : null;
        }
        if (lengths.isEmpty()) {
            return unannounced;
        }
        return lengths.size() == 1 && isLength(lengths.get(0)) ? ofLength(Long.parseLong(lengths.get(0))) : null;
    }

    /** Whether the text is a length that every recipient reads alike: digits, no sign, no list (RFC 9110 §8.6). */
    public static boolean isLength(String text) {
        if (text.isEmpty() || text.length() > MAX_DIGITS) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    /** Whether the body has no bytes. */
    public boolean isEmpty() {
        return kind == Kind.NONE || (kind == Kind.LENGTH && length == 0);
    }

    /** Returns the bytes of the body; the largest number if the head does not announce them. */
    public long announcedLength() {
        return kind == Kind.LENGTH || kind == Kind.NONE ? length : Long.MAX_VALUE;
    }
}
