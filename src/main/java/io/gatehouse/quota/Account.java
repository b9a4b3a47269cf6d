package io.gatehouse.quota;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds this node's leases of one key, one for each period.
 *
 * <p><i>Threading</i>: the event loops share it. Its lock is held for a few field accesses only.
 */
final class Account {
    private final String key;
    private final Map<Period, Lease> leases = new EnumMap<>(Period.class);
    /** The requests that wait for a renewal. */
    private int waiting;

    private boolean isEvicted;
    private volatile long end;

    Account(String key, List<Limit> limits, long now) {
        this.key = key;
        for (Limit limit : limits) {
            lease(limit.period(), now);
        }
    }

    /** Returns when the last window ends. */
    long end() {
        return end;
    }

    /** Returns the lease of the current window, a new one if the window has changed. The caller holds the lock. */
    Lease lease(Period period, long now) {
        Lease lease = leases.get(period);
        if (lease == null || !lease.contains(now)) {
            lease = new Lease(CounterId.of(key, period, now));
            leases.put(period, lease);
            end = Math.max(end, lease.end);
        }
        return lease;
    }

    /** Takes a unit of each limit, if possible. Returns null if that needs a renewal. */
    synchronized @Nullable Verdict take(List<Limit> limits, long now) {
        boolean isRenewalNeeded = false;
        boolean isExceeded = false;
        for (Limit limit : limits) {
            Lease lease = lease(limit.period(), now);
            lease.lower(limit.units());
            isExceeded |= lease.isExceeded(limit.units(), now);
            isRenewalNeeded |= lease.available <= 0;
        }
        if (isRenewalNeeded && !isExceeded) {
            return null;
        }
        List<Verdict.Usage> usages = new ArrayList<>(limits.size());
        for (Limit limit : limits) {
            Lease lease = lease(limit.period(), now);
            boolean isReason = isExceeded && lease.isExceeded(limit.units(), now);
            if (!isExceeded) {
                lease.available--;
            }
            usages.add(usage(limit, lease, isReason, now));
        }
        return new Verdict(!isExceeded, usages, now);
    }

    private static Verdict.Usage usage(Limit limit, Lease lease, boolean isExceeded, long now) {
        return new Verdict.Usage(limit, isExceeded ? 0 : lease.remaining(limit.units()), lease.end - now);
    }

    /** Returns what is left of each limit. Returns null if that needs a renewal. */
    synchronized @Nullable Verdict look(List<Limit> limits, long now) {
        boolean isAllowed = true;
        List<Verdict.Usage> usages = new ArrayList<>(limits.size());
        for (Limit limit : limits) {
            Lease lease = lease(limit.period(), now);
            lease.lower(limit.units());
            boolean isExceeded = lease.isExceeded(limit.units(), now);
            if (lease.available <= 0 && !isExceeded) {
                return null;
            }
            isAllowed &= !isExceeded;
            usages.add(usage(limit, lease, isExceeded, now));
        }
        return new Verdict(isAllowed, usages, now);
    }

    /** Counts used units in the current windows, if a time is in them. */
    synchronized void count(List<Limit> limits, long units, long atMillis, long now) {
        for (Limit limit : limits) {
            Lease lease = lease(limit.period(), now);
            if (lease.contains(atMillis)) {
                lease.count(units);
            }
        }
    }

    /** Returns whether more units have been counted in the current window than leased, and a renewal may lease them. */
    synchronized boolean owes(Limit limit, long now) {
        Lease lease = lease(limit.period(), now);
        return lease.debt() > 0 && !lease.isExceeded(limit.units(), now);
    }

    /** Returns the units of a request that has timed out. */
    synchronized void giveBack(List<Limit> limits, long now) {
        for (Limit limit : limits) {
            lease(limit.period(), now).available++;
        }
    }

    synchronized void joinWaiting() {
        waiting++;
    }

    synchronized void leaveWaiting() {
        waiting--;
    }

    /** Returns the number of requests that wait, at least one. The caller holds the lock. */
    int wanted() {
        return Math.max(1, waiting);
    }

    /** Ends the lease of a counter. It is null if a renewal of it is in flight. */
    synchronized @Nullable Release release(CounterId counter, String node) {
        Lease lease = leases.get(counter.period());
        if (lease == null || !lease.id.equals(counter)) {
            return new Release(node, Release.NO_LEASE, 0);
        }
        return lease.renewal() == null ? lease.release(node) : null;
    }

    /** Returns the number of leases. */
    synchronized int size() {
        return leases.size();
    }

    /** Marks the account as evicted. Requests that began before still use it. */
    synchronized void evict() {
        isEvicted = true;
    }

    /**
     * Creates the claims that return the units of an evicted account, except for those of renewals in flight. It is empty while a
     * request waits, because that request takes a unit. Units of an ended window are void.
     */
    synchronized Map<CounterId, Claim> lastClaims(long now) {
        Map<CounterId, Claim> claims = new HashMap<>();
        if (isEvicted && waiting == 0) {
            for (Lease lease : leases.values()) {
                Claim last = lease.contains(now) ? lease.lastClaim() : null;
                if (last != null) {
                    claims.put(lease.id, last);
                }
            }
        }
        return claims;
    }
}
