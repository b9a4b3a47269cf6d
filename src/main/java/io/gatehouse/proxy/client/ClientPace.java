package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;

/**
 * Measures whether one client keeps the minimum rate while the gateway waits for its bytes, or for it to take a response.
 *
 * <p>The client has {@code proxy.idle-timeout} to begin with. Waiting uses that time up, and each byte gives back the time that a
 * byte takes at {@code proxy.min-rate}; there is never more of it than the timeout. So a single byte now and then holds nothing.
 */
public final class ClientPace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final ClientLimits limits;
    private double nanosLeft;
    private long bytes;
    private long lookedAt;

    public ClientPace(ClientLimits limits, long now) {
        this.limits = limits;
        this.nanosLeft = limits.idleTimeout().toNanos();
        this.lookedAt = now;
    }

    /**
     * Takes note of all bytes moved so far.
     *
     * @param waiting whether the gateway has waited for the client since the last look
     * @return whether the client has moved too few
     */
    public boolean isTooSlow(boolean waiting, long moved, long now) {
        double full = limits.idleTimeout().toNanos();
        nanosLeft = Math.min(full, nanosLeft + (moved - bytes) * NANOS_PER_SECOND / limits.minRate());
        if (waiting) {
            nanosLeft -= now - lookedAt;
        }
        bytes = moved;
        lookedAt = now;
        return nanosLeft < 0;
    }
}
