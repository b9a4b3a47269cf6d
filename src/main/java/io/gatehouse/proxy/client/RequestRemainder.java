package io.gatehouse.proxy.client;

import io.gatehouse.connection.Expectation;
import io.gatehouse.connection.FairReads;
import io.gatehouse.connection.VertxPipeline;
import io.gatehouse.proxy.head.RequestFraming;
import io.gatehouse.syntax.Framing;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Decides what happens to the part of a request that arrives after its response.
 *
 * <p>In HTTP/1 the gateway reads and drops it for 1 s after the response and then closes the connection, in stages ({@code
 * io.gatehouse.connection.LingeringClose}). A small announced body behind an error response has no such limit, and its connection
 * persists. In HTTP/2 the gateway resets the stream with NO_ERROR (RFC 9113 §8.1): at once after an error response, and after 1 s
 * behind a forwarded one.
 *
 * <p><i>Why</i>: many clients read no response before they have sent the whole request.
 */
public final class RequestRemainder {
    /** A body that announces more bytes is not read to its end after an error response. */
    private static final int SMALL_BYTES = 64 * 1024;

    private static final long LINGER_MILLIS = 1_000;
    private static final long NO_ERROR = 0;

    private final Vertx vertx;

    public RequestRemainder(Vertx vertx) {
        this.vertx = vertx;
    }

    /**
     * Whether the connection of an HTTP/1 request closes after an error response: because more may follow than the gateway reads for
     * its sake, or because the client waits for 100. Such a client may leave the body out, and the gateway could not tell its next
     * request from it (RFC 9110 §10.1.1).
     */
    public static boolean endsConnection(HttpServerRequest request) {
        if (request.isEnded()) {
            return false;
        }
        Framing framing = RequestFraming.of(request);
        return framing == null
                || framing.announcedLength() > SMALL_BYTES
                || (!framing.isEmpty() && Expectation.isContinue(request));
    }

    /** Reads and drops the rest of the request from now on. */
    public static void drop(HttpServerRequest request) {
        request.handler(null);
        request.endHandler(null);
        FairReads.hold(request, false);
        request.resume();
    }

    /** Resets the HTTP/2 stream of a request that has not ended, in the next turn of the event loop. */
    public void resetLater(HttpServerRequest request) {
        // Not for each request: a turn may have thousands.
        if (isOpen(request)) {
            vertx.runOnContext(then -> reset(request));
        }
    }

    /** Whether the client may send more. A request without a body is reported before its end. */
    private static boolean isOpen(HttpServerRequest request) {
        Http2ConnectionHandler codec = VertxPipeline.http2(request.connection());
        if (codec == null) {
            // The connection has closed.
            return false;
        }
        Http2Stream stream = codec.connection().stream(request.streamId());
        return stream != null && stream.state().remoteSideOpen();
    }

    private static void reset(HttpServerRequest request) {
        if (!request.isEnded()) {
            request.response().reset(NO_ERROR);
        }
    }

    /** Closes the HTTP/1 connection of a request with a written response: when the request ends, or after 1 s. */
    public void close(HttpServerRequest request) {
        if (request.isEnded()) {
            request.connection().close();
        } else {
            request.endHandler(end -> request.connection().close());
            linger(request);
        }
    }

    /** Gives the client of a written response 1 s to end the request, then ends its stream or connection. */
    public void linger(HttpServerRequest request) {
        vertx.setTimer(LINGER_MILLIS, timer -> {
            if (request.version() == HttpVersion.HTTP_2) {
                reset(request);
            } else if (!request.isEnded()) {
                request.connection().close();
            }
        });
    }
}
