package io.gatehouse.proxy.client;

import io.gatehouse.connection.Http2Backpressure;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.LoggerFactory;

/**
 * Bounds the HTTP/2 requests in flight on all connections of one event loop. Beyond the limit, a connection that has {@value
 * #FAIR_SHARE} is refused more.
 *
 * <p><i>Why</i>: Vert.x needs 8 KiB for a stream, and each connection may have 100.
 */
public final class StreamBudget {
    /** What Vert.x and the gateway need for a stream, in bytes. */
    public static final int STREAM_BYTES = 8 * 1024;

    private static final int FAIR_SHARE = 8;
    /** The client may send the request again (RFC 9113 §8.7). */
    private static final long REFUSED_STREAM = 7;

    private final long limit;
    private final ExcessLog excess;
    private long streams;

    /** {@code limit} in streams. */
    public StreamBudget(long limit) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(StreamBudget.class),
                "Too many HTTP/2 requests are in flight; refused: streams={} limit=" + limit);
    }

    /** Whether a connection with these requests in flight may have another. */
    boolean admits(int ofConnection) {
        return streams < limit || ofConnection < FAIR_SHARE;
    }

    void refuse(HttpServerRequest request) {
        request.response().reset(REFUSED_STREAM);
        Http2Backpressure.written(request.connection());
        excess.dropped(1);
    }

    void began() {
        streams++;
    }

    void ended() {
        streams--;
    }
}
