package io.gatehouse.proxy.tunnel;

import io.gatehouse.connection.Resets;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.connection.VertxPipeline;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the bytes that a client sends behind a WebSocket handshake. They belong to the WebSocket if the upstream agrees, and to
 * no request otherwise.
 *
 * <p><i>Invariant</i>: after the first such bytes nothing more is read from the client.
 */
public final class EarlyBytes extends ChannelInboundHandlerAdapter implements UnsentBudget.Holder {
    /** More than one read returns, also after decryption. */
    private static final int MAX_BYTES = 128 * 1024;

    private final Channel client;
    private final UnsentBudget budget;
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>();
    private int bytes;
    /** The memory of the buffers. */
    private int memory;

    private EarlyBytes(Channel client, UnsentBudget budget) {
        this.client = client;
        this.budget = budget;
    }

    /**
     * Replaces the HTTP decoder of the connection, under its name: Vert.x removes that handler when it releases the connection. Must be
     * called while the head of the handshake is being handled. {@code budget} limits the bytes of all connections.
     */
    public static void hold(Channel client, UnsentBudget budget) {
        client.pipeline().replace(VertxPipeline.DECODER, VertxPipeline.DECODER, new EarlyBytes(client, budget));
    }

    /** Returns the handler of the connection; null unless {@link #hold} was called. */
    public static @Nullable EarlyBytes of(Channel client) {
        return client.pipeline().get(EarlyBytes.class);
    }

    /** Passes on the bytes that have been held back. */
    void passTo(TunnelEnd end) {
        freed();
        for (ByteBuf piece = held.poll(); piece != null; piece = held.poll()) {
            end.read(piece);
        }
    }

    private void freed() {
        int bytesFreed = memory;
        memory = 0;
        budget.sent(this, bytesFreed);
    }

    @Override
    public long unsent() {
        return memory;
    }

    /** Resets the connection. */
    @Override
    public void drop() {
        memory = 0;
        Resets.now(client);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf piece)) {
            // The end of the handshake's request.
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
            int more = UnsentBudget.memory(piece);
            memory += more;
            budget.add(more);
            budget.written(this);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        freed();
        held.forEach(ByteBuf::release);
        held.clear();
        context.fireChannelInactive();
    }
}
