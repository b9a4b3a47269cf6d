package io.gatehouse.connection;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** {@link WritesAfterClose}. The fuzzer shows the requests of a client that resets its connection ({@code .ci/fuzz}). */
class WritesAfterCloseTest {
    private final EmbeddedChannel channel = new EmbeddedChannel(new WritesAfterClose());

    @Test
    void aWriteToAnOpenConnectionPasses() {
        ByteBuf frame = Unpooled.copiedBuffer(new byte[] {1});
        assertThat(channel.writeOneOutbound(frame).isDone()).isFalse();
        channel.flushOutbound();
        assertThat(channel.<ByteBuf>readOutbound()).isSameAs(frame);
        frame.release();
        channel.finishAndReleaseAll();
    }

    @Test
    void aWriteToAClosedConnectionFailsAfterTheEventOfTheClose() {
        List<String> order = new ArrayList<>();
        ByteBuf frame = Unpooled.copiedBuffer(new byte[] {1});
        channel.closeFuture().addListener(closed -> {
            ChannelFuture write = channel.pipeline().writeAndFlush(frame);
            order.add(write.isDone() ? "failed at once" : "pending");
            write.addListener(done -> order.add(done.cause() instanceof ClosedChannelException ? "failed" : "passed"));
        });
        channel.pipeline().addLast(new ChannelInboundHandlerAdapter() {
            @Override
            public void channelInactive(ChannelHandlerContext context) {
                order.add("inactive");
            }
        });

        channel.finishAndReleaseAll();

        assertThat(order).containsExactly("pending", "inactive", "failed");
        assertThat(frame.refCnt()).isZero();
    }

    @Test
    void aWriteThatAnOpenConnectionRejectsFailsAfterTheEventOfTheClose() {
        List<String> order = new ArrayList<>();
        EmbeddedChannel rejecting = new EmbeddedChannel(
                new ChannelOutboundHandlerAdapter() {
                    @Override
                    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
                        ReferenceCountUtil.release(message);
                        promise.setFailure(new ClosedChannelException());
                    }

                    @Override
                    public void close(ChannelHandlerContext context, ChannelPromise promise) {
                        order.add("closing");
                    }
                },
                new WritesAfterClose(),
                new ChannelInboundHandlerAdapter() {
                    @Override
                    public void channelInactive(ChannelHandlerContext context) {
                        order.add("inactive");
                    }
                });

        for (int i = 0; i < 2; i++) {
            rejecting.writeOneOutbound(Unpooled.copiedBuffer(new byte[] {1})).addListener(done -> order.add("failed"));
        }
        assertThat(order).containsExactly("closing");
        rejecting.unsafe().close(rejecting.voidPromise());
        rejecting.runPendingTasks();

        assertThat(order).containsExactly("closing", "inactive", "failed", "failed");
    }
}
