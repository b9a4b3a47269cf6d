package io.gatehouse.proxy.head;

import io.gatehouse.syntax.Framing;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Reads the framing of a client's request. Runs for every request. */
public final class RequestFraming {
    private RequestFraming() {}

    /** Returns null if an upstream could read the request differently. */
    public static @Nullable Framing of(HttpServerRequest request) {
        MultiMap headers = request.headers();
        boolean isHttp2 = request.version() == HttpVersion.HTTP_2;
        if (headers.contains("")) {
            return null;
        }
        if (!headers.contains(HttpHeaders.CONTENT_LENGTH) && !headers.contains(HttpHeaders.TRANSFER_ENCODING)) {
            return isHttp2 ? Framing.CHUNKED : Framing.NONE;
        }
        var lengths = headers.getAll(HttpHeaders.CONTENT_LENGTH);
        var codings = headers.getAll(HttpHeaders.TRANSFER_ENCODING);
        return isHttp2
                ? Framing.ofStream(lengths, codings)
                : Framing.ofRequest(lengths, codings, request.version() == HttpVersion.HTTP_1_1);
    }
}
