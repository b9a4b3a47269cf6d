package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Bounds the turn of one connection on its event loop: two reads of at most 16 KiB, and one of {@value #SMALL_BYTES} bytes once those
 * of a turn were many requests or tiny chunks, as long as more of them wait. Also one of {@value #SMALL_BYTES} bytes while nothing
 * takes the body of an HTTP/1 request.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: 16 KiB may be a thousand requests, and the other connections wait until all of them are handled. And Vert.x stops
 * reading only when 16 reads of a body wait, which were 128 KiB for each upload.
 */
public final class FairReads implements RecvByteBufAllocator {
    /** A connection that is no longer read holds up to one read, and a thousand of them must fit into a small heap. */
    private static final RecvByteBufAllocator READS =
            new AdaptiveRecvByteBufAllocator(64, 2 * 1024, 16 * 1024).maxMessagesPerRead(2);

    private static final int SMALL_BYTES = 256;
    private static final int MANY_REQUESTS = 8;

    private int requests;
    private boolean small;
    /** Whether the last small read has filled its buffer. */
    private boolean filled;
    /** Whether a body waits. */
    private boolean held;

    FairReads() {}

    /** Notes that bytes of the connection began a request, or were a tiny chunk. Has no effect on the channel of another kind of server. */
    public static void began(Channel channel) {
        if (channel.config().getRecvByteBufAllocator() instanceof FairReads reads) {
            reads.requests++;
        }
    }

    /** Notes that bytes of an HTTP/1 connection began a request, and whether the bodies of all before it have been sent or dropped. */
    static void began(Channel channel, boolean isOnly) {
        if (channel.config().getRecvByteBufAllocator() instanceof FairReads reads) {
            reads.requests++;
            reads.held &= !isOnly;
        }
    }

    /** Notes whether the body of an HTTP/1 request waits for what takes it. Has no effect in HTTP/2, whose windows bound bodies. */
    public static void hold(HttpServerRequest request, boolean waits) {
        if (request.version() != HttpVersion.HTTP_2
                && ((ConnectionBase) request.connection()).channel().config().getRecvByteBufAllocator()
                        instanceof FairReads reads) {
            reads.held = waits;
        }
    }

    @Override
    @SuppressWarnings("deprecation") // Netty's type in its interface
    public Handle newHandle() {
        return new Turn((ExtendedHandle) READS.newHandle());
    }

    private final class Turn extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle reads;

        Turn(ExtendedHandle reads) {
            super(reads);
            this.reads = reads;
        }

        @Override
        public void reset(ChannelConfig config) {
            small = held || (small ? filled && requests > 0 : requests > MANY_REQUESTS);
            requests = 0;
            super.reset(config);
        }

        @Override
        public void lastBytesRead(int bytes) {
            filled = bytes >= SMALL_BYTES;
            super.lastBytesRead(bytes);
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            return small ? allocator.ioBuffer(SMALL_BYTES) : super.allocate(allocator);
        }

        @Override
        public int guess() {
            return small ? SMALL_BYTES : super.guess();
        }

        @Override
        public boolean continueReading() {
            return !small && super.continueReading();
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier mayHaveMore) {
            return !small && reads.continueReading(mayHaveMore);
        }
    }
}
