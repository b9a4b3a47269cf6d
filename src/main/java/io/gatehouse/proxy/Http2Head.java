package io.gatehouse.proxy;

import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the head of an HTTP/2 request can be said in HTTP/1.1 and mean the same there (RFC 9113 §8.2.1, §8.3.1, §10.3). The
 * frames carry any bytes; an upstream would read some of them as the end of a line.
 */
final class Http2Head {
    private static final char DELETE = 0x7f;

    private Http2Head() {}

    static boolean isSound(HttpServerRequest request) {
        @Nullable String target = request.uri();
        if (target == null
                || !target.startsWith("/")
                || request.authority() == null
                || !isToken(request.method().name())) {
            return false;
        }
        for (Map.Entry<String, String> header : request.headers()) {
            if (!isToken(header.getKey()) || !isValue(header.getValue())) {
                return false;
            }
        }
        return true;
    }

    /** RFC 9110 §5.6.2. */
    private static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean isAllowed = (c >= 'a' && c <= 'z')
                    || (c >= 'A' && c <= 'Z')
                    || (c >= '0' && c <= '9')
                    || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
            if (!isAllowed) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ((c < ' ' && c != '\t') || c == DELETE) {
                return false;
            }
        }
        return text.isEmpty() || (!isBlank(text.charAt(0)) && !isBlank(text.charAt(text.length() - 1)));
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }
}
