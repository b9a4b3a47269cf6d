package io.gatehouse.proxy.client;

import io.gatehouse.connection.VertxPipeline;
import io.gatehouse.proxy.traffic.ExcessLog;
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
import java.util.Objects;
import java.util.Set;
import org.slf4j.LoggerFactory;

/**
 * Bounds the memory of received HTTP/2 request bodies that no upstream has read. Beyond the limit it drops the largest body and
 * resets its stream, until the rest fits. Beyond three quarters of it, a connection whose bodies need its share gets no more requests.
 *
 * <p><i>Threading</i>: one for each event loop, used by it alone.
 *
 * <p><i>Why</i>: flow-control windows bound the memory of one connection, and there may be thousands of connections.
 */
public final class UploadBudget {
    /** The memory of a piece beside its bytes. DATA frames of one byte each would take a hundred times their window. */
    private static final int PIECE_BYTES = 128;
    /** The share of the limit that is free after an excess. */
    private static final int FREE_SHARE = 8;
    /** The share of the limit that must be free for a connection which has its part of it. */
    private static final int SPARE_SHARE = 4;

    private static final long ENHANCE_YOUR_CALM = 11;
    private static final int KIB = 1024;

    private final long limit;
    private final Set<Upload> uploads = new HashSet<>();
    /** An upper bound. Bytes that upstreams have read are subtracted when the connection receives more, or at an excess. */
    private long held;

    private final ExcessLog excess;

    /** {@code limit} in bytes. */
    public UploadBudget(long limit) {
        this.limit = limit;
        this.excess = new ExcessLog(
                LoggerFactory.getLogger(UploadBudget.class),
                "Request bodies wait for upstreams; reset HTTP/2 streams: streams={} limit=" + limit / KIB + " KiB");
    }

    /** Counts the bytes of an HTTP/2 connection. The list holds its requests with a body. */
    Upload watch(HttpConnection connection, List<AwaitedBody> bodies) {
        Upload upload = new Upload(Objects.requireNonNull(VertxPipeline.http2(connection)), bodies);
        uploads.add(upload);
        ((ConnectionBase) connection).channel().closeFuture().addListener(closed -> {
            uploads.remove(upload);
            held -= upload.held;
        });
        return upload;
    }

    private void exceeded() {
        for (Upload upload : uploads) {
            upload.count(0, 0);
        }
        if (held <= limit) {
            return;
        }
        int dropped = 0;
        while (held > limit - limit / FREE_SHARE && dropLargest()) {
            dropped++;
        }
        excess.dropped(dropped);
    }

    private boolean dropLargest() {
        Upload largest = null;
        for (Upload upload : uploads) {
            largest = largest == null || upload.held > largest.held ? upload : largest;
        }
        return largest != null && largest.dropLargest();
    }

    /** The bodies of one connection. */
    final class Upload extends Http2FrameListenerDecorator {
        private final Http2Connection connection;
        private final List<AwaitedBody> bodies;
        private long bytes;
        private double pieces;
        private long held;

        Upload(Http2ConnectionHandler codec, List<AwaitedBody> bodies) {
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

        /** Whether the connection may begin another request, whose body might wait too. */
        boolean admitsMore() {
            return UploadBudget.this.held < limit - limit / SPARE_SHARE || held < limit / Math.max(1, uploads.size());
        }

        /** The codec reports only the bytes that are left, so the pieces decrease in proportion. */
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
            AwaitedBody largest = null;
            int most = 0;
            for (AwaitedBody body : bodies) {
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
