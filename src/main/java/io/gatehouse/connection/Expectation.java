package io.gatehouse.connection;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/** Reads the expectation of a request (RFC 9110 §10.1.1). */
public final class Expectation {
    /** The only expectation that is defined. */
    public static final String CONTINUE = "100-continue";

    private Expectation() {}

    /** Returns whether the client waits for 100 before it sends the body. HTTP/1.0 has no such response. */
    public static boolean isContinue(HttpServerRequest request) {
        return request.version() != HttpVersion.HTTP_1_0
                && CONTINUE.equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT));
    }

    /** Asks for the body if the client waits for that. Call it once, when the body is wanted. */
    public static void meet(HttpServerRequest request) {
        if (isContinue(request)) {
            request.response().writeContinue();
        }
    }
}
