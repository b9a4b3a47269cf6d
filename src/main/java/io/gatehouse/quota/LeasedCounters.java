package io.gatehouse.quota;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.RemovalCause;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Counts with leases of a {@link LeaseStore}.
 *
 * <p>A request takes a unit of this node's lease. Only a request that finds none waits for a {@link Renewal}; requests of the same
 * counter share it.
 */
public final class LeasedCounters implements Counters {
    /** How many keys a node counts, if the heap allows. Beyond them, the least used are evicted and their leases returned. */
    static final int MAX_KEYS = 100_000;
    /** The part of the heap for the keys. */
    private static final int HEAP_SHARE = 32;
    /** Estimated memory of a key without its leases, and of each lease. */
    static final int KEY_BYTES = 340;

    static final int LEASE_BYTES = 210;
    private static final int MOST_KEY_BYTES = KEY_BYTES + LEASE_BYTES * Period.values().length;
    /** How long a request waits for the store. */
    private static final long DEADLINE_MILLIS = 500;
    /** How many claims of this node are in flight, those of a renewal as one. */
    static final int MAX_CLAIMS = 2_000;
    /** A renewal that no request waits for begins while fewer are in flight, so that requests get the others. */
    static final int MAX_BACKGROUND_CLAIMS = MAX_CLAIMS / 2;

    private final LeaseStore store;
    private final Cache<String, Account> accounts;
    private final AtomicInteger claims = new AtomicInteger();

    public LeasedCounters(LeaseStore store) {
        this(store, Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /** {@code maxBytes} is the estimated memory of all keys. */
    LeasedCounters(LeaseStore store, long maxBytes) {
        long limit = Math.min(maxBytes, (long) MAX_KEYS * MOST_KEY_BYTES);
        // A cache has one limit. Keys of this weight are MAX_KEYS at most.
        int least = (int) (limit / MAX_KEYS);
        this.store = store;
        this.accounts = Caffeine.newBuilder()
                .maximumWeight(limit)
                .weigher((String key, Account account) -> Math.max(least, bytes(account)))
                .expireAfter(new UntilTheLastWindowEnds(store))
                .removalListener(this::removed)
                .build();
        store.onRecall(this::release);
    }

    @Override
    public CompletableFuture<Verdict> take(String key, List<Limit> limits) {
        long now = store.now();
        Account account = account(key, limits, now);
        Verdict verdict = account.take(limits, now);
        return verdict != null ? CompletableFuture.completedFuture(verdict) : await(account, limits, true);
    }

    @Override
    public CompletableFuture<Verdict> look(String key, List<Limit> limits) {
        long now = store.now();
        Account account = account(key, limits, now);
        Verdict verdict = account.look(limits, now);
        return verdict != null ? CompletableFuture.completedFuture(verdict) : await(account, limits, false);
    }

    @Override
    public void count(String key, List<Limit> limits, long units, long atMillis) {
        long now = store.now();
        Account account = account(key, limits, now);
        account.count(limits, units, atMillis, now);
        limits.forEach(limit -> settle(account, limit));
    }

    private Account account(String key, List<Limit> limits, long now) {
        return accounts.get(key, missing -> new Account(missing, limits, now));
    }

    /** Leases the units that have been counted without a lease, in the background. If that fails, the next look does it. */
    private void settle(Account account, Limit limit) {
        long now = store.now();
        if (account.owes(limit, now)) {
            var unused = renewal(account, limit, now, MAX_BACKGROUND_CLAIMS).thenRun(() -> settle(account, limit));
        }
    }

    private CompletableFuture<Verdict> await(Account account, List<Limit> limits, boolean takes) {
        CompletableFuture<Verdict> result = new CompletableFuture<>();
        account.joinWaiting();
        var unused = result.whenComplete((verdict, failure) -> {
            account.leaveWaiting();
            returnUnused(account);
        });
        renew(account, limits, takes, result);
        return result.isDone() ? result : result.orTimeout(DEADLINE_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void renew(Account account, List<Limit> limits, boolean takes, CompletableFuture<Verdict> result) {
        long now = store.now();
        List<CompletableFuture<Void>> needed = new ArrayList<>(1);
        for (Limit limit : limits) {
            needed.add(renewal(account, limit, now, MAX_CLAIMS));
        }
        CompletableFuture<Void> all = CompletableFuture.allOf(needed.toArray(CompletableFuture[]::new));
        var unused = all.whenComplete((done, failure) -> {
            if (failure != null) {
                result.completeExceptionally(new StoreUnavailable("the counters are not available", failure));
            } else if (!result.isDone()) {
                decide(account, limits, takes, result);
            }
        });
    }

    private void decide(Account account, List<Limit> limits, boolean takes, CompletableFuture<Verdict> result) {
        long now = store.now();
        Verdict verdict = takes ? account.take(limits, now) : account.look(limits, now);
        if (verdict == null) {
            // Requests that waited for the same renewal have taken all units.
            renew(account, limits, takes, result);
        } else if (!result.complete(verdict) && takes && verdict.isAllowed()) {
            account.giveBack(limits, store.now());
            returnUnused(account);
        }
    }

    /** Joins the renewal of a lease, or starts one if the lease has no units and fewer than {@code maxClaims} are in flight. */
    private CompletableFuture<Void> renewal(Account account, Limit limit, long now, int maxClaims) {
        Lease lease;
        CompletableFuture<Void> started;
        synchronized (account) {
            lease = account.lease(limit.period(), now);
            CompletableFuture<Void> current = lease.renewal();
            if (lease.available > 0 || lease.isExceeded(limit.units(), now)) {
                return CompletableFuture.completedFuture(null);
            }
            if (current != null) {
                // The outcome of an overdue claim is unknown, so the next one has to wait for it. Requests do not.
                return lease.renewalMillis() < DEADLINE_MILLIS ? current : unavailable("a claim is overdue");
            }
            if (lease.isUnavailable(now)) {
                return unavailable("the store has failed a moment ago");
            }
            if (claims.incrementAndGet() > maxClaims) {
                claims.decrementAndGet();
                return unavailable("too many claims are in flight");
            }
            started = lease.startRenewal();
        }
        var unused = started.whenComplete((done, failure) -> {
            claims.decrementAndGet();
            returnUnused(account);
        });
        new Renewal(store, account, lease, limit.units(), started).start();
        return started;
    }

    private static CompletableFuture<Void> unavailable(String reason) {
        return CompletableFuture.failedFuture(new StoreUnavailable(reason, null));
    }

    private static int bytes(Account account) {
        return KEY_BYTES + LEASE_BYTES * account.size();
    }

    /** Returns how many keys are counted. */
    long size() {
        accounts.cleanUp();
        return accounts.estimatedSize();
    }

    private Optional<Release> release(CounterId counter) {
        Account account = accounts.getIfPresent(counter.key());
        return account == null
                ? Optional.of(new Release(store.node(), Release.NO_LEASE, 0))
                : Optional.ofNullable(account.release(counter, store.node()));
    }

    private void removed(@Nullable String key, @Nullable Account account, RemovalCause cause) {
        if (account != null) {
            account.evict();
            returnUnused(account);
        }
    }

    /**
     * Returns the units of an evicted account that no request waits for. A key can be evicted before its first claim has ended, so
     * each end of a renewal and of a wait calls it. Beyond that many claims, the units count as used.
     */
    private void returnUnused(Account account) {
        account.lastClaims(store.now()).forEach(this::giveBack);
    }

    private void giveBack(CounterId counter, Claim last) {
        if (claims.incrementAndGet() > MAX_BACKGROUND_CLAIMS) {
            claims.decrementAndGet();
            return;
        }
        try {
            store.claim(counter, last).whenComplete((grant, failure) -> claims.decrementAndGet());
        } catch (RuntimeException e) {
            claims.decrementAndGet();
            throw e;
        }
    }

    /** Keeps a key until all of its windows have ended. */
    private record UntilTheLastWindowEnds(LeaseStore store) implements Expiry<String, Account> {
        @Override
        public long expireAfterCreate(String key, Account account, long currentTime) {
            return TimeUnit.MILLISECONDS.toNanos(Math.max(1, account.end() - store.now()));
        }

        @Override
        public long expireAfterUpdate(String key, Account account, long currentTime, long currentDuration) {
            return expireAfterCreate(key, account, currentTime);
        }

        @Override
        public long expireAfterRead(String key, Account account, long currentTime, long currentDuration) {
            return expireAfterCreate(key, account, currentTime);
        }
    }
}
