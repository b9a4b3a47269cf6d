package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http2.Http2CodecUtil;
import io.netty.handler.codec.http2.Http2FrameTypes;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link Http2Backpressure} in a connection whose client reads late. The bytes come in pieces, as those of TLS records do. */
class Http2BackpressureTest {
    private static final int MANY_RESPONSES = 16;

    private final UnreadSocket socket = new UnreadSocket();
    private final EmbeddedChannel channel = new EmbeddedChannel(socket);

    /** Completes no write before {@link #read}. */
    private static final class UnreadSocket extends ChannelOutboundHandlerAdapter {
        private final List<ChannelPromise> unsent = new ArrayList<>();

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            unsent.add(promise);
        }

        void read() {
            List<ChannelPromise> sent = List.copyOf(unsent);
            unsent.clear();
            sent.forEach(ChannelPromise::setSuccess);
        }
    }

    /** A HEADERS frame whose field block has one byte. */
    private static ByteBuf request(int stream) {
        return Unpooled.buffer()
                .writeMedium(1)
                .writeByte(Http2FrameTypes.HEADERS)
                .writeByte(0)
                .writeInt(stream)
                .writeByte(0);
    }

    private int passed() {
        int bytes = 0;
        for (ByteBuf next = channel.readInbound(); next != null; next = channel.readInbound()) {
            bytes += next.readableBytes();
            next.release();
        }
        return bytes;
    }

    @Test
    void aFrameWhoseHeadIsInTwoPiecesThatWaitedIsPassed() {
        ByteBuf first = Unpooled.buffer()
                .writeBytes(Http2CodecUtil.connectionPrefaceBuf())
                .writeBytes(request(1));
        ByteBuf second = request(3);
        int all = first.readableBytes() + second.readableBytes();
        first.writeBytes(second, 2);
        Http2Backpressure.afterPreface(channel.pipeline().context(socket));
        for (int i = 0; i < MANY_RESPONSES; i++) {
            Http2Backpressure.written(channel);
        }

        channel.writeInbound(first, second);
        int atOnce = passed();
        socket.read();
        channel.runPendingTasks();

        assertThat(atOnce).isLessThan(all);
        assertThat(atOnce + passed()).isEqualTo(all);
        channel.finishAndReleaseAll();
    }
}
