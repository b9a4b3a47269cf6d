package io.gatehouse.proxy.client;

import io.gatehouse.connection.Http2Backpressure;
import io.gatehouse.proxy.head.StoredHeaders;
import io.gatehouse.proxy.traffic.ExcessLog;
import io.vertx.core.http.HttpServerRequest;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of the HTTP/2 requests on all connections of one event loop, until their streams close. Beyond the limit, a
 * connection with a fair share is refused more: the limit divided by the connections, at most {@value #FAIR_SHARE} bytes, and one
 * request at least.
 *
 * <p><i>Why</i>: each connection may have 100 streams, and the head of each may have 32 KiB. It is kept while the client does not take the
 * response.
 */
public final class StreamBudget {
    /** What Vert.x and the gateway need for a stream beside its head. */
    private static final int STREAM_BYTES = 8 * 1024;
    /** Vert.x keeps each field as it came and as a string. */
    private static final int HEAD_COPIES = 2;
    /** Of the entry in the headers, beside its characters. */
    private static final int FIELD_BYTES = 64;

    private static final int FAIR_SHARE = 8 * STREAM_BYTES;
    private static final int KIB = 1024;
    /** The client may send the request again (RFC 9113 §8.7). */
    private static final long REFUSED_STREAM = 7;

    private final long limit;
    private final ExcessLog excess;
    private long held;
    private int connections;

    /** {@code limit} in bytes. */
    public StreamBudget(long limit) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(StreamBudget.class),
                "Too many HTTP/2 requests are in flight; refused: streams={} limit=" + limit / KIB + " KiB");
    }

    /** Returns what a request needs, in bytes. */
    static int bytes(HttpServerRequest request) {
        int head = String.valueOf(request.uri()).length();
        for (var fields = StoredHeaders.of(request.headers()); fields.hasNext(); ) {
            var field = fields.next();
            head += FIELD_BYTES + field.getKey().length() + field.getValue().length();
        }
        return STREAM_BYTES + HEAD_COPIES * head;
    }

    /** Counts the requests of a new connection. */
    Share open() {
        connections++;
        return new Share();
    }

    void refuse(HttpServerRequest request) {
        request.response().reset(REFUSED_STREAM);
        Http2Backpressure.written(request.connection());
        excess.dropped(1);
    }

    /** What the requests of one connection need. */
    final class Share {
        private long bytes;
        private boolean closed;

        private Share() {}

        /** Whether the connection may have another request. */
        boolean admits() {
            return held < limit || bytes < Math.min(FAIR_SHARE, Math.max(1, limit / Math.max(1, connections)));
        }

        /** Adds what a request needs, or subtracts it. */
        void add(long more) {
            if (!closed) {
                bytes += more;
                held += more;
            }
        }

        /** Counts none of them any more: the connection is closed. */
        void close() {
            if (!closed) {
                closed = true;
                connections--;
                held -= bytes;
            }
        }
    }
}
