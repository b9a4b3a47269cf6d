package io.gatehouse.proxy.forward;

import io.gatehouse.connection.Resets;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/** Aborts responses of which a part may have been sent. */
final class TruncatedResponse {
    /** RFC 9113 §7; in HTTP/1 Vert.x closes the connection instead. */
    private static final long HTTP2_INTERNAL_ERROR = 2;

    private TruncatedResponse() {}

    /** Resets the client's stream or connection, because a truncated response must not look complete. */
    static void reset(HttpServerRequest request) {
        if (endsWithConnection(request)) {
            Resets.now(request.connection());
        } else {
            request.response().reset(HTTP2_INTERNAL_ERROR);
        }
    }

    /** Whether a close in order would be the end of the body (RFC 9112 §8). A response in HTTP/1.1 has a length or chunks. */
    private static boolean endsWithConnection(HttpServerRequest request) {
        HttpServerResponse response = request.response();
        return request.version() == HttpVersion.HTTP_1_0
                && response.headWritten()
                && !response.headers().contains(HttpHeaders.CONTENT_LENGTH);
    }
}
