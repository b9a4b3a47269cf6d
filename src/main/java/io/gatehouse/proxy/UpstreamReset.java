package io.gatehouse.proxy;

import io.netty.channel.Channel;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Ends what an upstream has of a request: in HTTP/2 the stream, in HTTP/1.1 the connection. Vert.x closes a connection once
 * everything written has left, which it never does where the upstream has stopped reading.
 */
final class UpstreamReset {
    /** RFC 9113 §7. */
    static final long HTTP2_CANCEL = 8;

    private UpstreamReset() {}

    /** Of a request whose head has been sent and whose answer has not come to its end. */
    static void giveUp(HttpClientRequest request) {
        request.reset(HTTP2_CANCEL);
        closeConnection(request);
    }

    /** The cause is what whoever waits for the answer is told. */
    static void giveUp(HttpClientRequest request, Throwable cause) {
        request.reset(HTTP2_CANCEL, cause);
        closeConnection(request);
    }

    /**
     * Of a request that was answered before all of it had come. No other may follow it on its connection: what comes next
     * would be taken for the rest of this one (RFC 9112 §9.3).
     */
    static void cutShort(HttpClientRequest request) {
        // Vert.x's reset would put an HTTP/1.1 connection back, since its answer is complete.
        if (request.version() == HttpVersion.HTTP_2) {
            request.reset(HTTP2_CANCEL);
        } else {
            closeConnection(request);
        }
    }

    private static void closeConnection(HttpClientRequest request) {
        if (request.version() != HttpVersion.HTTP_2 && request.connection() instanceof ConnectionBase connection) {
            Channel channel = connection.channel();
            // After what Vert.x does of its own accord: whoever waits has heard of a reset by then.
            channel.eventLoop().execute(() -> channel.unsafe().close(channel.voidPromise()));
        }
    }
}
