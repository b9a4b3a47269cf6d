package io.gatehouse.connection;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;

/**
 * Counts the responses of one connection until their bytes have left the gateway.
 *
 * <p><i>Threading</i>: used by the connection's event loop alone.
 */
final class UnsentResponses {
    /** Responses between two checks whether they are sent, each of which costs an empty write. */
    private static final int BATCH = 8;

    private final Runnable sent;
    private int count;
    private boolean checking;

    /** {@code sent} runs when the count has decreased. */
    UnsentResponses(Runnable sent) {
        this.sent = sent;
    }

    /** Returns an upper bound, which is at most {@value #BATCH} - 1 too high. */
    int count() {
        return count;
    }

    /** Notes that the socket has taken the responses so far. */
    void allSent() {
        if (!checking) {
            count = 0;
        }
    }

    /** Counts a response. The context is that of a handler which its bytes have passed. */
    void written(ChannelHandlerContext context) {
        count++;
        if (!checking && count >= BATCH) {
            // Without a flush, which the next read ends with.
            check(context, context.write(Unpooled.EMPTY_BUFFER));
        }
    }

    /** Subtracts the responses so far when a write that follows them has completed. */
    private void check(ChannelHandlerContext context, ChannelFuture following) {
        checking = true;
        int covered = count;
        following.addListener(done -> {
            checking = false;
            count -= covered;
            if (count >= BATCH) {
                check(context, context.writeAndFlush(Unpooled.EMPTY_BUFFER));
            }
            sent.run();
        });
    }
}
