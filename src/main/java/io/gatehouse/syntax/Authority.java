package io.gatehouse.syntax;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The host and port of a request, normalised (RFC 9110 §7.2): lower case, without a trailing dot. An IPv6 address keeps its brackets.
 *
 * @param port {@link #NO_PORT} if the client sent none
 */
public record Authority(String host, int port) {

    public static final int NO_PORT = -1;

    private static final int MAX_PORT = 65_535;
    /** No host name is longer (RFC 1035 §2.3.4). Logs, spans and tokens keep the host. */
    private static final int MAX_HOST = 255;

    /**
     * Parses a Host header, an {@code :authority} or an absolute-form target. Returns null if it is malformed, which causes a 400 (RFC
     * 9112 §3.2).
     *
     * <p>User information is malformed, because it serves to disguise the host (RFC 9110 §4.2.4). So are percent-encoding and the
     * sub-delimiters of RFC 3986: no host name has them, and resolvers disagree on their meaning.
     */
    public static @Nullable Authority parse(String text) {
        int hostEnd = text.startsWith("[") ? endOfAddress(text) : endOfName(text);
        if (hostEnd <= 0 || hostEnd > MAX_HOST) {
            return null;
        }
        int port = NO_PORT;
        if (hostEnd < text.length()) {
            if (text.charAt(hostEnd) != ':') {
                return null;
            }
            // RFC 3986 §3.2.3: an empty port is the same as none.
            if (hostEnd + 1 < text.length()) {
                port = port(text, hostEnd + 1);
                if (port < 0) {
                    return null;
                }
            }
        }
        return host(text.substring(0, hostEnd), port);
    }

    private static @Nullable Authority host(String text, int port) {
        String host = withoutTrailingDot(text).toLowerCase(Locale.ROOT);
        boolean hasEmptyLabel = host.isEmpty() || host.charAt(0) == '.' || host.endsWith(".") || host.contains("..");
        return hasEmptyLabel ? null : new Authority(host, port);
    }

    /** Returns the value of a Host header. */
    @Override
    public String toString() {
        return port == NO_PORT ? host : host + ":" + port;
    }

    /** Returns the port, or the default port of the request's scheme. */
    public int portOr(int defaultPort) {
        return port == NO_PORT ? defaultPort : port;
    }

    /** Removes the trailing dot: {@code example.com.} and {@code example.com} are the same host. */
    public static String withoutTrailingDot(String host) {
        return host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    }

    private static int endOfName(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ':') {
                return i;
            }
            if (!PathCharacters.isUnreserved(c)) {
                return -1;
            }
        }
        return text.length();
    }

    private static int endOfAddress(String text) {
        int close = text.indexOf(']');
        if (close < "[::]".length() - 1) {
            return -1;
        }
        for (int i = 1; i < close; i++) {
            char c = text.charAt(i);
            if (c != ':' && c != '.' && PathCharacters.hexDigit(c) < 0) {
                return -1;
            }
        }
        return close + 1;
    }

    private static int port(String text, int start) {
        int port = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -1;
            }
            port = port * 10 + (c - '0');
            if (port > MAX_PORT) {
                return -1;
            }
        }
        return port == 0 ? -1 : port;
    }
}
