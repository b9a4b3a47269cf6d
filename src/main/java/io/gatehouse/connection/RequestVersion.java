package io.gatehouse.connection;

import io.netty.handler.codec.http.HttpVersion;

/** Reads the version of a request line. */
final class RequestVersion {
    private static final int LENGTH = "HTTP/1.1".length();

    private RequestVersion() {}

    /** Returns the version to serve: a later minor version is served as HTTP/1.1 (RFC 9110 §2.5). */
    static HttpVersion of(String text) {
        if (text.equals("HTTP/1.1")) {
            return HttpVersion.HTTP_1_1;
        }
        if (text.equals("HTTP/1.0")) {
            return HttpVersion.HTTP_1_0;
        }
        boolean isVersion = text.length() == LENGTH
                && text.startsWith("HTTP/")
                && isDigit(text.charAt(5))
                && text.charAt(6) == '.'
                && isDigit(text.charAt(7));
        if (!isVersion) {
            throw RequestHeadException.malformed();
        }
        if (text.charAt(5) != '1') {
            throw RequestHeadException.unsupportedVersion();
        }
        return HttpVersion.HTTP_1_1;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }
}
