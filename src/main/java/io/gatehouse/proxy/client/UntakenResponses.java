package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.connection.Resets;
import io.gatehouse.connection.VertxPipeline;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resets the streams of one HTTP/2 connection whose responses have ended and whose last bytes the client gives no window for.
 *
 * <p><i>Threading</i>: used by the connection's event loop alone.
 *
 * <p><i>Why</i>: nothing waits for such a response any more, and the client could keep it as long as the connection.
 */
final class UntakenResponses {
    /** An upper bound of what the gateway holds of a response when it ends. */
    private static final long MAX_BYTES = 128 * 1024;

    private static final long CANCEL = 8;
    private static final Logger LOG = LoggerFactory.getLogger(UntakenResponses.class);

    private final Http2Connection streams;
    private final Http2Connection.PropertyKey key;
    private final long limitNanos;

    private UntakenResponses(Http2Connection streams, long limitNanos, Consumer<Observation> closed) {
        this.streams = streams;
        this.key = streams.newKey();
        this.limitNanos = limitNanos;
        streams.addListener(new Http2ConnectionAdapter() {
            @Override
            public void onStreamClosed(Http2Stream stream) {
                Observation observation = stream.removeProperty(key);
                if (observation != null) {
                    closed.accept(observation);
                }
            }
        });
    }

    /** Returns how long after its end a response may wait for its client to take the last bytes. */
    static long limitNanos(ClientLimits limits) {
        return limits.idleTimeout().toNanos() + TimeUnit.SECONDS.toNanos(MAX_BYTES) / limits.minRate();
    }

    /** Watches the responses of a connection. {@code closed} receives each request that has begun when its stream closes. */
    static UntakenResponses on(HttpConnection connection, ClientLimits limits, Consumer<Observation> closed) {
        Http2ConnectionHandler codec = Objects.requireNonNull(VertxPipeline.http2(connection));
        return new UntakenResponses(codec.connection(), limitNanos(limits), closed);
    }

    /** Returns false if the stream has closed already. */
    boolean began(Observation observation) {
        Http2Stream stream = streams.stream(observation.request().streamId());
        if (stream == null) {
            return false;
        }
        stream.setProperty(key, observation);
        return true;
    }

    /** Resets the streams whose responses have ended too long ago. */
    void check(long now) {
        List<Observation> late = new ArrayList<>(0);
        try {
            streams.forEachActiveStream(stream -> {
                Observation observation = stream.getProperty(key);
                if (observation != null && observation.hasEndedBefore(now - limitNanos)) {
                    late.add(observation);
                }
                return true;
            });
        } catch (Http2Exception impossible) {
            // Only the visitor could throw it.
            throw new IllegalStateException(impossible);
        }
        for (Observation observation : late) {
            LOG.debug("request {}: the client does not take the response", observation.requestId());
            Resets.stream(observation.request(), CANCEL);
        }
    }
}
