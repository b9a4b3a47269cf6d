package io.gatehouse.proxy.tunnel;

import io.gatehouse.proxy.exchange.ProxyExchange;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The two connections of one WebSocket. They end together: the end of what one side sends reaches the other side behind
 * everything sent before, and a connection that closes closes the other one.
 *
 * <p>Threading: both connections belong to the event loop that made the tunnel.
 */
public final class Tunnel {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** Of quiet, once one side has ended what it sends: the other one commonly ends at once. */
    private static final long HALF_CLOSED_NANOS = 10_000 * NANOS_PER_MILLI;
    /** For the peers' replies to the gateway's close frames (RFC 6455 §7.1.1). */
    private static final long CLOSING_NANOS = 2_000 * NANOS_PER_MILLI;

    /** What remains of Vert.x in the pipeline: the connection as the server's shutdown sees it. */
    private static final String VERTX_HANDLER = "handler";

    /** FIN and the opcode of a close frame. */
    private static final byte CLOSE = (byte) 0x88;

    private static final byte MASKED = (byte) 0x80;
    /** 1001, "going away" (RFC 6455 §7.4.1). */
    private static final byte[] GOING_AWAY = {0x03, (byte) 0xE9};

    private final Tunnels tunnels;
    private final ProxyExchange exchange;
    private final TunnelEnd client = new TunnelEnd(this, closeFrame());
    private final TunnelEnd upstream = new TunnelEnd(this, maskedCloseFrame());
    private final List<TunnelEnd> ends = List.of(client, upstream);
    private final Promise<Void> ended = Promise.promise();

    private boolean goingAway;
    private boolean ending;
    private boolean started;
    private boolean halfClosed;
    /** Set by each byte read, and cleared by each look. */
    private boolean moved;

    /** What the sockets had not taken at the last look. */
    private long pending;

    private long movedNanos = System.nanoTime();
    private long goingAwayNanos;

    Tunnel(Tunnels tunnels, ProxyExchange exchange) {
        this.tunnels = tunnels;
        this.exchange = exchange;
    }

    private static byte[] closeFrame() {
        return new byte[] {CLOSE, (byte) GOING_AWAY.length, GOING_AWAY[0], GOING_AWAY[1]};
    }

    /** RFC 6455 §5.3: a client masks what it sends, and for the upstream the gateway is one. */
    private static byte[] maskedCloseFrame() {
        byte[] key = new byte[4];
        ThreadLocalRandom.current().nextBytes(key);
        return new byte[] {
            CLOSE,
            (byte) (MASKED | GOING_AWAY.length),
            key[0],
            key[1],
            key[2],
            key[3],
            (byte) (GOING_AWAY[0] ^ key[0]),
            (byte) (GOING_AWAY[1] ^ key[1])
        };
    }

    /** Handles the upstream's connection; reads nothing before {@link #start}. */
    public ChannelHandler upstream() {
        return upstream;
    }

    /**
     * Begins to carry bytes, those that the client has sent already first. The upstream's connection has its handler by now.
     * Completes when both connections are closed.
     */
    public Future<Void> start(Channel clientChannel, EarlyBytes early) {
        clientChannel.pipeline().addBefore(VERTX_HANDLER, null, client);
        early.passTo(client);
        started = true;
        tunnels.add(this);
        client.start(upstream);
        upstream.start(client);
        if (ends.stream().anyMatch(end -> !end.channel().isActive())) {
            closed();
        } else if (tunnels.isDraining()) {
            goAway();
        }
        return ended.future();
    }

    /** Closes the upstream's connection, if the tunnel does not start. */
    public void discard() {
        upstream.closeNow();
    }

    // For the ends

    void moved(TunnelEnd from, int bytes) {
        moved = true;
        if (from == client) {
            exchange.upgraded().addRead(bytes);
        } else {
            exchange.upgraded().addWritten(bytes);
        }
    }

    boolean isGoingAway() {
        return goingAway;
    }

    void halfClosed() {
        halfClosed = true;
        moved = true;
        closedByPeer();
    }

    /** A peer may have replied to the gateway's close frame: when both did, nothing is left to wait for. */
    void closedByPeer() {
        if (goingAway && ends.stream().allMatch(end -> end.isCut() && end.isClosedByPeer())) {
            end();
        }
    }

    void outputEnded() {
        if (!ending && ends.stream().allMatch(TunnelEnd::isOutputEnded)) {
            ending = true;
            ends.forEach(TunnelEnd::closeNow);
        }
    }

    void closed() {
        if (!started) {
            return;
        }
        if (ends.stream().noneMatch(end -> end.channel().isOpen())) {
            tunnels.remove(this);
            ended.tryComplete();
        } else {
            end();
        }
    }

    /** Closes both connections. */
    void end() {
        if (!ending) {
            ending = true;
            ends.forEach(TunnelEnd::close);
        }
    }

    // For the registry

    /** Sends both sides a close frame 1001, each as soon as the frame ends that it is being sent. */
    void goAway() {
        if (!goingAway) {
            goingAway = true;
            goingAwayNanos = System.nanoTime();
            ends.forEach(TunnelEnd::cutAtBoundary);
            closedByPeer();
        }
    }

    /** Ends the tunnel if nothing has moved for longer than {@code limitNanos}. */
    void look(long now, long limitNanos) {
        long stillPending = client.pending() + upstream.pending();
        if (moved || stillPending != pending) {
            moved = false;
            pending = stillPending;
            movedNanos = now;
        }
        long limit = halfClosed ? Math.min(limitNanos, HALF_CLOSED_NANOS) : limitNanos;
        boolean isQuiet = now - movedNanos > limit;
        boolean isLeft = goingAway
                && now - goingAwayNanos > CLOSING_NANOS
                && ends.stream().allMatch(TunnelEnd::isCut);
        if (isQuiet || isLeft) {
            end();
        }
    }
}
