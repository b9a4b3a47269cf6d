package io.gatehouse.proxy.client;

import io.gatehouse.connection.VertxPipeline;
import io.gatehouse.proxy.traffic.ExcessLog;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http2.Http2Connection;
import io.netty.handler.codec.http2.Http2ConnectionAdapter;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2FrameListenerDecorator;
import io.netty.handler.codec.http2.Http2Stream;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
    Upload watch(HttpConnection connection, StrictFlowControl windows, List<AwaitedBody> bodies) {
        Upload upload = new Upload(Objects.requireNonNull(VertxPipeline.http2(connection)), windows, bodies);
        uploads.add(upload);
        ((ConnectionBase) connection).channel().closeFuture().addListener(closed -> upload.close());
        return upload;
    }

    private void exceeded() {
        uploads.forEach(Upload::freeRead);
        if (held <= limit) {
            return;
        }
        int dropped = 0;
        List<Upload> candidates = new ArrayList<>(uploads);
        while (held > limit - limit / FREE_SHARE && !candidates.isEmpty()) {
            Upload largest = Collections.max(candidates, Comparator.comparingLong(upload -> upload.held));
            if (largest.dropLargest()) {
                dropped++;
            } else {
                candidates.remove(largest);
            }
        }
        if (dropped > 0) {
            excess.dropped(dropped);
        }
    }

    /** What waits of the body of one stream. */
    private static final class Waiting {
        /**
         * Pieces that have not been read.
         *
         * <p><i>Why one by one</i>: their number does not follow from the bytes that are left. A client can have large pieces, or
         * padding, returned beside small ones that wait.
         */
        private int pieces;
        /** Bytes that are free, although the windows do not have them back. */
        private int freed;
    }

    /** The bodies of one connection. */
    final class Upload extends Http2FrameListenerDecorator implements StrictFlowControl.Reader {
        private final Http2Connection connection;
        private final StrictFlowControl windows;
        private final List<AwaitedBody> bodies;
        private final Http2Connection.PropertyKey key;
        // The sums of all streams
        private int pieces;
        private int freed;

        private long held;
        private boolean closed;

        Upload(Http2ConnectionHandler codec, StrictFlowControl windows, List<AwaitedBody> bodies) {
            super(codec.decoder().frameListener());
            this.connection = codec.connection();
            this.windows = windows;
            this.bodies = bodies;
            this.key = connection.newKey();
            codec.decoder().frameListener(this);
            windows.reader(this);
            connection.addListener(new Http2ConnectionAdapter() {
                @Override
                public void onStreamClosed(Http2Stream stream) {
                    closed(stream);
                }
            });
        }

        @Override
        public int onDataRead(ChannelHandlerContext context, int id, ByteBuf data, int padding, boolean end)
                throws Http2Exception {
            Http2Stream stream = connection.stream(id);
            windows.returnOthers(stream, padding);
            if (data.isReadable()) {
                add(stream);
            } else if (!end) {
                // It would wait as a piece without bytes.
                return 0;
            }
            int taken = super.onDataRead(context, id, data, 0, end);
            count();
            if (UploadBudget.this.held > limit) {
                exceeded();
            }
            return taken;
        }

        private void add(Http2Stream stream) {
            Waiting own = stream.getProperty(key);
            if (own == null) {
                own = new Waiting();
                stream.setProperty(key, own);
            }
            own.pieces++;
            pieces++;
        }

        @Override
        public void read(Http2Stream stream, int bytes) {
            Waiting own = stream.getProperty(key);
            if (own != null && own.freed > 0) {
                int returned = Math.min(bytes, own.freed);
                own.freed -= returned;
                freed -= returned;
            } else if (own != null && own.pieces > 0) {
                own.pieces--;
                pieces--;
            }
            count();
        }

        /** Counts nothing of a stream any more, before the windows have its bytes back. */
        private void free(Http2Stream stream) {
            Waiting own = stream.getProperty(key);
            if (own != null) {
                int more = unconsumed(stream) - own.freed;
                own.freed += more;
                freed += more;
                pieces -= own.pieces;
                own.pieces = 0;
                count();
            }
        }

        private void closed(Http2Stream stream) {
            Waiting own = stream.removeProperty(key);
            if (own != null) {
                pieces -= own.pieces;
                freed -= own.freed;
            }
            count();
        }

        /** Whether the connection may begin another request, whose body might wait too. */
        boolean admitsMore() {
            if (!isWithinPart()) {
                freeRead();
            }
            return isWithinPart();
        }

        private boolean isWithinPart() {
            return UploadBudget.this.held < limit - limit / SPARE_SHARE || held < limit / Math.max(1, uploads.size());
        }

        /**
         * Counts nothing of bodies that have been read to their end.
         *
         * <p><i>Why</i>: what is read once the client has ended the stream, Vert.x returns to no window before the stream closes. The
         * response may be long in coming.
         */
        private void freeRead() {
            for (AwaitedBody body : bodies) {
                Http2Stream stream = body.request().isEnded()
                        ? connection.stream(body.request().streamId())
                        : null;
                if (stream != null) {
                    free(stream);
                }
            }
        }

        private void count() {
            if (!closed) {
                long now = unconsumed(connection.connectionStream()) - freed + (long) pieces * PIECE_BYTES;
                UploadBudget.this.held += now - held;
                held = now;
            }
        }

        private void close() {
            closed = true;
            uploads.remove(this);
            UploadBudget.this.held -= held;
        }

        private int unconsumed(Http2Stream stream) {
            return connection.local().flowController().unconsumedBytes(stream);
        }

        /** Returns false if there is nothing to drop. */
        boolean dropLargest() {
            AwaitedBody largest = null;
            Http2Stream dropped = null;
            int most = 0;
            for (AwaitedBody body : bodies) {
                Http2Stream stream = connection.stream(body.request().streamId());
                int waiting = stream == null || body.request().isEnded() ? 0 : unconsumed(stream);
                if (waiting > most) {
                    most = waiting;
                    largest = body;
                    dropped = stream;
                }
            }
            if (largest == null || dropped == null) {
                return false;
            }
            bodies.remove(largest);
            // Before the reset, which is written after a read, and not before the client takes it.
            free(dropped);
            largest.drop(ENHANCE_YOUR_CALM);
            return true;
        }
    }
}
