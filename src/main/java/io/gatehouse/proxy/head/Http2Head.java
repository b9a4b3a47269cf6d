package io.gatehouse.proxy.head;

import io.gatehouse.connection.FieldSyntax;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks whether the head of an HTTP/2 request has the same meaning in HTTP/1.1 (RFC 9113 §8.2.1, §8.3.1, §10.3).
 *
 * <p><i>Why</i>: frames carry any bytes. An HTTP/1.1 upstream would read some of them as the end of a line.
 */
public final class Http2Head {
    private Http2Head() {}

    public static boolean isSound(HttpServerRequest request) {
        @Nullable String target = request.uri();
        if (target == null
                || !target.startsWith("/")
                || request.authority() == null
                || !FieldSyntax.isToken(request.method().name())) {
            return false;
        }
        int hosts = 0;
        for (Map.Entry<String, String> header : request.headers()) {
            hosts += header.getKey().equals("host") ? 1 : 0;
            if (!FieldSyntax.isName(header.getKey()) || !FieldSyntax.isValue(header.getValue())) {
                return false;
            }
        }
        return hosts <= 1;
    }
}
