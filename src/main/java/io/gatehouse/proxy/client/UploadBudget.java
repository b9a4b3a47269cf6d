package io.gatehouse.proxy.client;

import io.gatehouse.proxy.client.ClientConnections.Body;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of HTTP/2 request bodies that have come and that no upstream has taken. The windows bound it for each
 * connection, and there may be thousands of those. Beyond the limit the largest body is dropped and its stream reset, until the
 * rest fits.
 *
 * <p>Threading: one for each event loop, used by it alone.
 */
public final class UploadBudget {
    /** What a piece takes beside its bytes: DATA of one byte each would take a hundred times their window. */
    private static final int PIECE_BYTES = 128;
    /** After an excess this part of the limit is free again. */
    private static final int FREE_SHARE = 8;

    private static final long ENHANCE_YOUR_CALM = 11;
    private static final long LOG_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final int KIB = 1024;
    private static final Logger LOG = LoggerFactory.getLogger(UploadBudget.class);

    private final long limit;
    private final Set<Upload> uploads = new HashSet<>();
    /** Never too low: what upstreams have taken is only subtracted when a connection receives more, or at an excess. */
    private long held;

    private int dropped;
    private long loggedNanos;

    public UploadBudget(long limit) {
        this.limit = limit;
        this.loggedNanos = System.nanoTime() - LOG_EVERY_NANOS;
    }

    /** Begins to count on a connection of HTTP/2, whose requests with a body are in the list. */
    void watch(HttpConnection connection, List<Body> bodies) {
        ConnectionBase base = (ConnectionBase) connection;
        Http2ConnectionHandler codec = base.channel().pipeline().get(Http2ConnectionHandler.class);
        Upload upload = new Upload(codec, bodies);
        uploads.add(upload);
        base.channel().closeFuture().addListener(closed -> {
            uploads.remove(upload);
            held -= upload.held;
        });
    }

    private void exceeded() {
        for (Upload upload : uploads) {
            upload.count(0, 0);
        }
        if (held <= limit) {
            return;
        }
        while (held > limit - limit / FREE_SHARE && dropLargest()) {
            dropped++;
        }
        long now = System.nanoTime();
        if (now - loggedNanos > LOG_EVERY_NANOS) {
            loggedNanos = now;
            LOG.warn("request bodies wait for upstreams: reset {} HTTP/2 streams, limit={} KiB", dropped, limit / KIB);
            dropped = 0;
        }
    }

    private boolean dropLargest() {
        Upload largest = null;
        for (Upload upload : uploads) {
            largest = largest == null || upload.held > largest.held ? upload : largest;
        }
        return largest != null && largest.dropLargest();
    }

    /** The bodies of one connection. */
    private final class Upload extends Http2FrameListenerDecorator {
        private final Http2Connection connection;
        private final List<Body> bodies;
        private long bytes;
        private double pieces;
        private long held;

        Upload(Http2ConnectionHandler codec, List<Body> bodies) {
            super(codec.decoder().frameListener());
            this.connection = codec.connection();
            this.bodies = bodies;
            codec.decoder().frameListener(this);
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int stream, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            int size = data.readableBytes() + padding;
            int taken = super.onDataRead(context, stream, data, padding, end);
            count(size, 1);
            if (UploadBudget.this.held > limit) {
                exceeded();
            }
            return taken;
        }

        /** Pieces leave in proportion to the bytes, because the codec says only how many of those are left. */
        void count(int moreBytes, int morePieces) {
            long left = unconsumed(connection.connectionStream());
            long all = Math.max(1, bytes + moreBytes);
            pieces = (pieces + morePieces) * Math.min(1, (double) left / all);
            bytes = left;
            UploadBudget.this.held -= held;
            held = left + (long) (pieces * PIECE_BYTES);
            UploadBudget.this.held += held;
        }

        private int unconsumed(Http2Stream stream) {
            return connection.local().flowController().unconsumedBytes(stream);
        }

        /** Returns false if there is nothing to drop. */
        boolean dropLargest() {
            Body largest = null;
            int most = 0;
            for (Body body : bodies) {
                Http2Stream stream = connection.stream(body.request().streamId());
                int waiting = stream == null || body.request().isEnded() ? 0 : unconsumed(stream);
                if (waiting > most) {
                    most = waiting;
                    largest = body;
                }
            }
            if (largest == null) {
                return false;
            }
            bodies.remove(largest);
            largest.drop(ENHANCE_YOUR_CALM);
            count(0, 0);
            return true;
        }
    }
}
