package io.gatehouse.connection;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * Joins the small pieces of an HTTP/1 body that one read of the connection contains.
 *
 * <p><i>Threading</i>: one for each connection, used by its event loop.
 *
 * <p><i>Why</i>: the decoder makes a piece of each chunk. Pieces of one byte that wait for an upstream need a hundred times their
 * bytes.
 */
public final class JoinedContents extends ChannelInboundHandlerAdapter {
    private static final int SMALL_BYTES = 256;

    /** Small pieces that have not been passed on; null if there are none. */
    private @Nullable ByteBuf joined;

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpContent content && isSmall(content)) {
            join(context, content);
        } else {
            pass(context);
            context.fireChannelRead(message);
        }
    }

    private static boolean isSmall(HttpContent content) {
        return !(content instanceof LastHttpContent)
                && !(content instanceof HttpMessage)
                && content.decoderResult().isSuccess()
                && content.content().readableBytes() < SMALL_BYTES;
    }

    private void join(ChannelHandlerContext context, HttpContent content) {
        if (joined == null) {
            joined = context.alloc().buffer(SMALL_BYTES);
        }
        joined.writeBytes(content.content());
        content.release();
    }

    private void pass(ChannelHandlerContext context) {
        ByteBuf pieces = joined;
        if (pieces != null) {
            joined = null;
            context.fireChannelRead(new DefaultHttpContent(pieces));
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        pass(context);
        context.fireChannelReadComplete();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        pass(context);
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        pass(context);
    }
}
