package io.gatehouse.proxy.client;

import io.gatehouse.connection.VertxPipeline;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import org.jspecify.annotations.Nullable;

/**
 * Represents one client connection in its {@link ConnectionBudget}, from the accept until it closes.
 *
 * <p><i>Threading</i>: used by the connection's event loop alone.
 */
final class OpenConnection {
    private static final AttributeKey<OpenConnection> KEY = AttributeKey.valueOf(OpenConnection.class, "open");

    // Of the order that the connection is in.
    @Nullable
    ConnectionOrder order;

    @Nullable
    OpenConnection previous;

    @Nullable
    OpenConnection next;

    private final ConnectionBudget budget;
    private final Channel channel;
    private final int bytes;
    /** Null until Vert.x reports the connection. */
    private @Nullable HttpConnection http;

    private boolean evicted;
    private boolean closed;

    /** {@code bytes}: what the connection needs. */
    OpenConnection(ConnectionBudget budget, Channel channel, int bytes) {
        this.budget = budget;
        this.channel = channel;
        this.bytes = bytes;
        channel.attr(KEY).set(this);
        channel.closeFuture().addListener(end -> {
            closed = true;
            budget.closed(this);
        });
    }

    /** Returns what represents the connection that Vert.x reports, or null if no budget has registered it. */
    static @Nullable OpenConnection of(HttpConnection connection) {
        OpenConnection open = ((ConnectionBase) connection).channel().attr(KEY).get();
        if (open != null) {
            open.http = connection;
        }
        return open;
    }

    int bytes() {
        return bytes;
    }

    boolean isEvicted() {
        return evicted;
    }

    /** Notes that the first request in flight began. */
    void busy() {
        if (!evicted) {
            ConnectionOrder.leave(this);
        }
    }

    /** Notes that the last request in flight ended. */
    void idle() {
        if (!evicted && !closed) {
            budget.idle(this);
        }
    }

    /** Whether the client has not taken all bytes of the responses that have ended. */
    boolean hasUnsent() {
        ChannelOutboundBuffer unsent = channel.unsafe().outboundBuffer();
        Http2ConnectionHandler http2 = VertxPipeline.http2(channel.pipeline());
        return (unsent != null && unsent.totalPendingWriteBytes() > 0)
                || (http2 != null && http2.connection().numActiveStreams() > 0);
    }

    /** Closes the connection, in HTTP/2 with GOAWAY. A client may delay the end by not closing its side. */
    void evict() {
        evicted = true;
        if (http == null) {
            abort();
        } else {
            http.close();
        }
    }

    /** Closes the connection at once. */
    void abort() {
        channel.unsafe().close(channel.voidPromise());
    }
}
