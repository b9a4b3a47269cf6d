package io.gatehouse.proxy;

import io.vertx.core.MultiMap;
import java.util.List;

/**
 * Whether everybody who reads a request sees its body end at the same place (RFC 9112 §6). The codec below refuses the
 * worst; what it passes over could still be read differently by an upstream.
 */
final class Framing {
    /** Digits of a length that fits into a long. */
    private static final int MAX_DIGITS = 18;

    private Framing() {}

    static boolean isSound(MultiMap headers) {
        if (headers.contains("")) {
            return false;
        }
        List<String> lengths = headers.getAll("content-length");
        List<String> codings = headers.getAll("transfer-encoding");
        if (codings.isEmpty()) {
            return lengths.isEmpty() || (lengths.size() == 1 && isLength(lengths.get(0)));
        }
        return lengths.isEmpty() && codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
    }

    /** Bytes of the body that is announced: 0 for none, the largest number for one of unknown length. */
    static long announcedLength(MultiMap headers) {
        String length = headers.get("content-length");
        if (length == null) {
            return headers.contains("transfer-encoding") ? Long.MAX_VALUE : 0;
        }
        return isLength(length) ? Long.parseLong(length) : Long.MAX_VALUE;
    }

    private static boolean isLength(String text) {
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
}
