package io.gatehouse.proxy.tunnel;

import io.gatehouse.connection.VertxPipeline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Takes the place of the HTTP decoder of a client's connection once a WebSocket handshake has come over it. The bytes behind
 * the handshake belong to the WebSocket if the upstream agrees, and to no request if it does not.
 *
 * <p>Invariant: after the first such bytes nothing more is read from the client.
 */
public final class EarlyBytes extends ChannelInboundHandlerAdapter {
    /** One read brings fewer, also after decryption. */
    private static final int MAX_BYTES = 128 * 1024;

    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private int bytes;

    private EarlyBytes() {}

    /** Holds back what the client sends. Must be called while the head of the handshake is being handled. */
    public static void hold(Channel client) {
        client.pipeline().replace(VertxPipeline.DECODER, VertxPipeline.DECODER, new EarlyBytes());
    }

    /** What holds back the client's bytes; null unless {@link #hold} was called. */
    public static @Nullable EarlyBytes of(Channel client) {
        return client.pipeline().get(EarlyBytes.class);
    }

    /** Passes on what has been held back. */
    void passTo(TunnelEnd client) {
        for (ByteBuf piece = held.poll(); piece != null; piece = held.poll()) {
            client.read(piece);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf piece)) {
            // The end of the handshake.
            context.fireChannelRead(message);
            return;
        }
        context.channel().config().setAutoRead(false);
        bytes += piece.readableBytes();
        if (bytes > MAX_BYTES) {
            piece.release();
            var unused = context.channel().close();
        } else {
            held.add(piece);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        held.forEach(ByteBuf::release);
        held.clear();
        context.fireChannelInactive();
    }
}
