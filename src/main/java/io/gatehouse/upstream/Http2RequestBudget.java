package io.gatehouse.upstream;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.netty.util.AttributeKey;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Bounds the memory of the requests on the HTTP/2 connections of one event loop to upstreams. Beyond the limit it closes the connection
 * that has not taken the most bytes, until the rest fits.
 *
 * <p><i>Threading</i>: used by one event loop.
 *
 * <p><i>Why</i>: the head of each request and up to 16 KiB of its body wait, and what waits for a socket that takes nothing is kept even
 * if the request was reset. Clients could fill the heap with requests to one such upstream.
 */
public final class Http2RequestBudget {
    /** What Vert.x and Netty need for a stream beside its head and body. */
    private static final int STREAM_BYTES = 8 * 1024;
    /** The share of the limit that is free after an excess. */
    private static final int FREE_SHARE = 8;

    private static final AttributeKey<Requests> KEY = AttributeKey.valueOf(Http2RequestBudget.class, "requests");

    private final long limit;
    private final IntConsumer excess;
    private final Set<Requests> connections = new HashSet<>();
    private long held;

    /** {@code limit} in bytes. {@code excess} receives the number of connections that were closed. */
    public Http2RequestBudget(long limit, IntConsumer excess) {
        this.limit = limit;
        this.excess = excess;
    }

    /** Counts the requests of a new connection. */
    public void watch(HttpConnection connection) {
        Channel channel = ((ConnectionBase) connection).channel();
        Http2ConnectionHandler codec = channel.pipeline().get(Http2ConnectionHandler.class);
        if (codec == null) {
            // It has closed, or the upstream has selected HTTP/1.1.
            return;
        }
        Requests requests = new Requests(channel, codec.connection());
        codec.connection().addListener(requests);
        channel.attr(KEY).set(requests);
        connections.add(requests);
        channel.closeFuture().addListener(closed -> {
            connections.remove(requests);
            requests.end();
        });
    }

    /** Returns where to count what the connection has not taken of the request, whose head has been written. Null if it has ended. */
    static @Nullable Unsent of(HttpClientRequest request) {
        Requests requests =
                ((ConnectionBase) request.connection()).channel().attr(KEY).get();
        return requests == null ? null : requests.unsent(request.streamId());
    }

    /**
     * Returns the failure of a request whose connection has failed: {@link ConnectionPoolTooBusyException} if a budget has closed it.
     * Clients can cause that while the upstream is healthy, so it must not count against it.
     */
    static Throwable cause(HttpConnection connection, Throwable failure) {
        Requests requests = ((ConnectionBase) connection).channel().attr(KEY).get();
        return requests != null && requests.excessive
                ? new ConnectionPoolTooBusyException("the requests to HTTP/2 upstreams need too much memory")
                : failure;
    }

    private void exceeded() {
        int closed = 0;
        while (held > limit - limit / FREE_SHARE && closeLargest()) {
            closed++;
        }
        if (closed > 0) {
            excess.accept(closed);
        }
    }

    /** Returns false if the connections have taken all bytes. */
    private boolean closeLargest() {
        Requests largest = connections.stream()
                .filter(each -> each.unsent > 0)
                .max(Comparator.comparingLong(each -> each.unsent))
                .orElse(null);
        if (largest == null) {
            return false;
        }
        connections.remove(largest);
        largest.excessive = true;
        largest.end();
        // Not now: the excess is one of a request that is being written.
        largest.channel.eventLoop().execute(() -> largest.channel.unsafe().close(largest.channel.voidPromise()));
        return true;
    }

    /** The requests of one connection. */
    private final class Requests extends Http2ConnectionAdapter {
        private final Channel channel;
        private final Http2Connection connection;
        private final Http2Connection.PropertyKey key;
        private int streams;
        private long unsent;
        private boolean ended;
        /** Whether the budget closes the connection. */
        private boolean excessive;

        Requests(Channel channel, Http2Connection connection) {
            this.channel = channel;
            this.connection = connection;
            this.key = connection.newKey();
        }

        @Override
        public void onStreamAdded(Http2Stream stream) {
            if (!ended) {
                stream.setProperty(key, new Unsent(this));
                streams++;
                held += STREAM_BYTES;
            }
        }

        @Override
        public void onStreamRemoved(Http2Stream stream) {
            Unsent bytes = stream.removeProperty(key);
            if (bytes != null && !ended) {
                bytes.end();
                streams--;
                held -= STREAM_BYTES;
            }
        }

        @Nullable
        Unsent unsent(int stream) {
            Http2Stream open = connection.stream(stream);
            return open == null ? null : open.getProperty(key);
        }

        void add(int bytes) {
            if (!ended) {
                unsent += bytes;
                held += bytes;
                if (bytes > 0 && held > limit) {
                    exceeded();
                }
            }
        }

        /** Counts none of them any more: the connection is closed. */
        void end() {
            if (!ended) {
                ended = true;
                held -= unsent + (long) streams * STREAM_BYTES;
            }
        }
    }

    /** What the connection has not taken of one request. */
    static final class Unsent {
        private final Requests requests;
        private int bytes;
        private boolean ended;

        private Unsent(Requests requests) {
            this.requests = requests;
        }

        /** Adds bytes, or subtracts those that were taken. */
        void add(int more) {
            if (!ended) {
                bytes += more;
                requests.add(more);
            }
        }

        private void end() {
            ended = true;
            requests.add(-bytes);
        }
    }
}
