package io.gatehouse.quota;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Holds this node's part of one counter.
 *
 * <p><i>Threading</i>: guarded by the lock of its {@link Account}.
 */
final class Lease {
    /** The first pause after a fruitless recall. Each further one is twice as long, up to the longest. */
    private static final long FIRST_PAUSE_MILLIS = 20;

    private static final long LONGEST_PAUSE_MILLIS = 2_000;
    /** The most units that are counted as used beyond the lease, or returned to it. */
    private static final long MAX_COUNTED = 1L << 53;

    final CounterId id;
    final long end;
    /** Units that requests can take now. Negative if more have been counted. */
    long available;
    /** Units that no node had at the last renewal. */
    private long storeRemaining;
    /** Random, so that a lease that is created again after its eviction is not taken for this one. */
    private long generation = newGeneration();

    private long received;
    /** The limit of the last claim. */
    private long leasedFor;

    private boolean isRecalled;
    /** Units that a recall has taken from {@link #available}, until the next claim returns them. */
    private long recalled;
    /** The largest limit of which no units are left in the window. */
    private long exhausted;

    private long pausedUntil;
    private long pause = FIRST_PAUSE_MILLIS;
    private long unavailableUntil;
    private @Nullable CompletableFuture<Void> renewal;
    private long renewalNanos;

    Lease(CounterId id) {
        this.id = id;
        this.end = id.end();
    }

    boolean contains(long now) {
        return now >= id.start() && now < end;
    }

    /** Returns whether a request is rejected without a renewal. */
    boolean isExceeded(long limit, long now) {
        return available <= 0 && (limit <= exhausted || now < pausedUntil);
    }

    /**
     * Recalls the units if they were leased for a larger limit, which has been lowered in the window. The next claim returns them and
     * takes those of the new limit. A renewal in flight is left to end first.
     */
    void lower(long limit) {
        if (limit < leasedFor && available > 0 && renewal == null && !isRecalled) {
            isRecalled = true;
            recalled = available;
            // They do not count as received: a single node has no store that keeps what is returned.
            received -= available;
            available = 0;
        }
    }

    /** Returns the units that are left for certain. */
    long remaining(long limit) {
        return Math.min(limit, Math.max(0, available + storeRemaining));
    }

    /** Counts units that have been used; a negative number returns them. */
    void count(long units) {
        long counted = Math.max(-MAX_COUNTED, Math.min(units, MAX_COUNTED));
        available = Math.max(-MAX_COUNTED, Math.min(available - counted, MAX_COUNTED));
    }

    /** Returns how many units have been counted beyond the lease. */
    long debt() {
        return Math.max(0, -available);
    }

    boolean isUnavailable(long now) {
        return now < unavailableUntil;
    }

    /** Returns the renewal in flight; null if there is none. */
    @Nullable
    CompletableFuture<Void> renewal() {
        return renewal;
    }

    long renewalMillis() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - renewalNanos);
    }

    CompletableFuture<Void> startRenewal() {
        CompletableFuture<Void> started = new CompletableFuture<>();
        renewal = started;
        renewalNanos = System.nanoTime();
        return started;
    }

    /** Returns the units to the store as well that a recall has taken: its claim may not have reached the store. */
    Claim claim(long wanted, long limit, List<Release> releases) {
        return new Claim(generation, recalled, wanted + debt(), received, limit, releases);
    }

    /**
     * Creates the claim that returns all units; null if there are none or a renewal is in flight. A claim after it is that of another
     * lease, because the store applies one claim for each generation.
     */
    @Nullable
    Claim lastClaim() {
        long returned = isRecalled ? recalled : Math.max(0, available);
        if (returned == 0 || renewal != null) {
            return null;
        }
        Claim last = new Claim(generation, returned, 0, received, 0, List.of());
        generation = newGeneration();
        isRecalled = false;
        recalled = 0;
        available = 0;
        return last;
    }

    private static long newGeneration() {
        return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE / 2);
    }

    void granted(Grant grant, long limit) {
        generation = grant.generation();
        leasedFor = limit;
        isRecalled = false;
        recalled = 0;
        received += grant.granted();
        available += grant.granted();
        storeRemaining = grant.remaining();
        pause = grant.granted() > 0 ? FIRST_PAUSE_MILLIS : pause;
        if (grant.granted() == 0 && grant.holders().isEmpty()) {
            exhausted = Math.max(exhausted, limit);
        }
    }

    /** Rejects requests for a while: other nodes have units and did not release them. */
    void pause(long now) {
        pausedUntil = now + pause;
        pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }

    void unavailable(long until) {
        unavailableUntil = until;
    }

    void endRenewal() {
        renewal = null;
    }

    /** Returns this node's release. Until the next claim, it is the same for every node that recalls. */
    Release release(String node) {
        if (!isRecalled) {
            isRecalled = true;
            recalled = Math.max(0, available);
            available -= recalled;
        }
        return new Release(node, generation, recalled);
    }
}
