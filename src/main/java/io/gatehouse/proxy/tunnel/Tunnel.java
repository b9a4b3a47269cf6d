package io.gatehouse.proxy.tunnel;

import io.gatehouse.connection.VertxPipeline;
import io.gatehouse.connection.relay.IdleWatch;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Joins the two connections of one WebSocket.
 *
 * <p><i>Invariant</i>: both end together. If one peer ends its output, the other receives that end behind all bytes sent before. If one
 * connection closes, the other closes too.
 *
 * <p><i>Threading</i>: both connections belong to the event loop that created the tunnel.
 */
public final class Tunnel {
    private static final long NANOS_PER_MILLI = 1_000_000;
    /** The idle limit after one side has ended its output. The other side commonly ends at once. */
    private static final long HALF_CLOSED_NANOS = 10_000 * NANOS_PER_MILLI;
    /** The time for the peers' replies to the gateway's close frames (RFC 6455 §7.1.1). */
    private static final long CLOSING_NANOS = 2_000 * NANOS_PER_MILLI;

    /** FIN and the opcode of a close frame. */
    private static final byte CLOSE = (byte) 0x88;

    private static final byte MASKED = (byte) 0x80;
    /** 1001, "going away" (RFC 6455 §7.4.1). */
    private static final byte[] GOING_AWAY = {0x03, (byte) 0xE9};

    private final Tunnels tunnels;
    private final ProxyExchange exchange;
    private final TunnelEnd client;
    private final TunnelEnd upstream;
    private final List<TunnelEnd> ends;
    private final Promise<Void> ended = Promise.promise();
    private final IdleWatch activity = new IdleWatch();

    private boolean goingAway;
    private boolean ending;
    private boolean started;
    private boolean halfClosed;
    private long goingAwayNanos;

    Tunnel(Tunnels tunnels, ProxyExchange exchange) {
        this.tunnels = tunnels;
        this.exchange = exchange;
        this.client = new TunnelEnd(this, closeFrame(), tunnels.budget());
        this.upstream = new TunnelEnd(this, maskedCloseFrame(), tunnels.budget());
        this.ends = List.of(client, upstream);
        activity.start(System.nanoTime());
    }

    private static byte[] closeFrame() {
        return new byte[] {CLOSE, (byte) GOING_AWAY.length, GOING_AWAY[0], GOING_AWAY[1]};
    }

    /** Returns a masked close frame, because the gateway is the client of the upstream (RFC 6455 §5.3). */
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

    /** Returns the handler of the upstream's connection. It reads nothing before {@link #start}. */
    public ChannelHandler upstream() {
        return upstream;
    }

    /**
     * Begins to carry bytes, first those that the client has sent already. The upstream's connection must have its handler. Completes
     * when both connections are closed.
     */
    public Future<Void> start(Channel clientChannel, EarlyBytes early) {
        clientChannel.pipeline().addBefore(VertxPipeline.CONNECTION, null, client);
        early.passTo(client);
        started = true;
        tunnels.add(this);
        client.join(upstream);
        upstream.join(client);
        if (ends.stream().anyMatch(end -> !end.channel().isActive())) {
            closed();
        } else if (tunnels.isDraining()) {
            goAway();
        }
        return ended.future();
    }

    /** Closes the upstream's connection of a tunnel that does not start. */
    public void discard() {
        upstream.closeNow();
    }

    // For the ends

    void moved(TunnelEnd from, int bytes) {
        activity.moved();
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
        activity.moved();
        closedByPeer();
    }

    /** Closes the tunnel if both peers have replied to the gateway's close frames. */
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

    /** Resets both connections, because their peers do not read. */
    void reset() {
        ending = true;
        ends.forEach(TunnelEnd::reset);
    }

    // For the registry

    /** Sends both peers a close frame 1001, each at the end of the current frame. */
    void goAway() {
        if (!goingAway) {
            goingAway = true;
            goingAwayNanos = System.nanoTime();
            ends.forEach(TunnelEnd::cutAtBoundary);
            closedByPeer();
        }
    }

    /** Ends the tunnel if no byte has moved for longer than {@code limitNanos}. */
    void checkIdle(long now, long limitNanos) {
        long limit = halfClosed ? Math.min(limitNanos, HALF_CLOSED_NANOS) : limitNanos;
        boolean isQuiet = activity.isIdle(now, client, upstream, limit);
        boolean isLeft = goingAway
                && now - goingAwayNanos > CLOSING_NANOS
                && ends.stream().allMatch(TunnelEnd::isCut);
        if (isQuiet || isLeft) {
            end();
        }
    }
}
