package io.gatehouse.proxy.tunnel;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Registers the open WebSockets of one event loop, and ends those that stay idle for {@code proxy.tunnel-idle-timeout}.
 *
 * <p><i>Threading</i>: used by its event loop alone.
 */
public final class Tunnels {
    /** Checks during one idle timeout. */
    private static final int SWEEPS = 12;

    private static final long MAX_SWEEP_MILLIS = 500;

    private final Set<Tunnel> open = new HashSet<>();
    private final long idleNanos;
    private final UnsentBudget budget;
    private boolean draining;

    /** Must be called on the event loop that will use it. {@code idle} is how long a tunnel may carry no byte. */
    public Tunnels(Vertx vertx, Duration idle, UnsentBudget budget) {
        this.budget = budget;
        this.idleNanos = idle.toNanos();
        long period =
                Math.max(1, Math.min(MAX_SWEEP_MILLIS, idle.dividedBy(SWEEPS).toMillis()));
        vertx.setPeriodic(period, timer -> sweep());
    }

    /** Returns a tunnel for the connections of a request that is being upgraded. */
    public Tunnel tunnel(ProxyExchange exchange) {
        return new Tunnel(this, exchange);
    }

    /** Sends every open WebSocket, and every one that opens from now on, a close frame 1001 (RFC 6455 §7.4.1). */
    public void drain() {
        draining = true;
        List.copyOf(open).forEach(Tunnel::goAway);
    }

    /** Returns what bounds the bytes that the peers of all tunnels have not taken. */
    public UnsentBudget budget() {
        return budget;
    }

    boolean isDraining() {
        return draining;
    }

    void add(Tunnel tunnel) {
        open.add(tunnel);
    }

    void remove(Tunnel tunnel) {
        open.remove(tunnel);
    }

    private void sweep() {
        long now = System.nanoTime();
        List.copyOf(open).forEach(tunnel -> tunnel.checkIdle(now, idleNanos));
    }
}
