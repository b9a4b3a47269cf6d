package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;

/**
 * Checks whether one client keeps the minimum rate while the gateway waits for its bytes, or for it to take a response.
 *
 * <p>The client has a budget of {@code proxy.idle-timeout}. Waiting consumes it. Each byte restores the time that a byte takes at
 * {@code proxy.min-rate}, up to the timeout. An occasional byte therefore does not hold a request.
 */
public final class ClientPace {
    private static final double NANOS_PER_SECOND = 1e9;

    private final ClientLimits limits;
    private double nanosLeft;
    private long bytes;
    private long checkedAt;

    public ClientPace(ClientLimits limits, long now) {
        this.limits = limits;
        this.nanosLeft = limits.idleTimeout().toNanos();
        this.checkedAt = now;
    }

    /**
     * Charges the time since the previous call, and credits the bytes moved since then.
     *
     * @param waiting whether the gateway has waited for the client since the previous call
     * @param moved all bytes so far
     * @return whether the budget is used up
     */
    public boolean isTooSlow(boolean waiting, long moved, long now) {
        double full = limits.idleTimeout().toNanos();
        nanosLeft = Math.min(full, nanosLeft + (moved - bytes) * NANOS_PER_SECOND / limits.minRate());
        if (waiting) {
            nanosLeft -= now - checkedAt;
        }
        bytes = moved;
        checkedAt = now;
        return nanosLeft < 0;
    }
}
