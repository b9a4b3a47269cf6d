package io.gatehouse.quota;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Renews one lease: claims units, recalls those of other nodes if none are left, and claims again.
 *
 * <p><i>Invariant</i>: it ends with units, an exceeded limit, a pause or a failure, so that the requests that wait for it
 * progress.
 */
final class Renewal {
    /** How many times it claims after a recall. The leases of busy nodes change between two rounds. */
    private static final int ROUNDS = 6;
    /** How long it waits for a node whose own claim is in flight. Twice as long in each round. */
    private static final long BUSY_MILLIS = 2;
    /** How long requests are not sent to a store that has failed. */
    private static final long UNAVAILABLE_MILLIS = 1_000;

    private final LeaseStore store;
    private final Account account;
    private final Lease lease;
    private final long limit;
    private final CompletableFuture<Void> done;
    private final Set<String> unresponsive = ConcurrentHashMap.newKeySet();

    Renewal(LeaseStore store, Account account, Lease lease, long limit, CompletableFuture<Void> done) {
        this.store = store;
        this.account = account;
        this.lease = lease;
        this.limit = limit;
        this.done = done;
    }

    void start() {
        claim(List.of(), 0);
    }

    private void claim(List<Release> releases, int round) {
        try {
            Claim claim;
            synchronized (account) {
                claim = lease.claim(account.wanted(), limit, releases);
            }
            store.claim(lease.id, claim).whenComplete((grant, failure) -> {
                if (failure == null) {
                    granted(grant, round);
                } else {
                    fail(failure);
                }
            });
        } catch (RuntimeException e) {
            fail(e);
        }
    }

    private void granted(Grant grant, int round) {
        synchronized (account) {
            lease.granted(grant, limit);
        }
        Set<String> holders = new HashSet<>(grant.holders());
        holders.removeAll(unresponsive);
        if (grant.granted() > 0 || grant.holders().isEmpty()) {
            end();
        } else if (holders.isEmpty() || round == ROUNDS) {
            pause();
        } else {
            recall(holders, round);
        }
    }

    private void recall(Set<String> holders, int round) {
        ConcurrentLinkedQueue<Release> releases = new ConcurrentLinkedQueue<>();
        AtomicBoolean isBusy = new AtomicBoolean();
        var unused = CompletableFuture.allOf(holders.stream()
                        .map(node -> store.recall(lease.id, node)
                                .handle((release, failure) -> {
                                    if (failure == null) {
                                        release.ifPresentOrElse(releases::add, () -> isBusy.set(true));
                                    } else {
                                        unresponsive.add(node);
                                    }
                                    return null;
                                })
                                .toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .thenRun(() -> {
                    if (!releases.isEmpty()) {
                        claim(List.copyOf(releases), round + 1);
                    } else if (isBusy.get()) {
                        CompletableFuture.delayedExecutor(BUSY_MILLIS << round, TimeUnit.MILLISECONDS)
                                .execute(() -> claim(List.of(), round + 1));
                    } else {
                        pause();
                    }
                });
    }

    private void pause() {
        synchronized (account) {
            lease.pause(store.now());
        }
        end();
    }

    private void fail(@Nullable Throwable failure) {
        synchronized (account) {
            lease.unavailable(store.now() + UNAVAILABLE_MILLIS);
            lease.endRenewal();
        }
        done.completeExceptionally(new StoreUnavailable("the store of the counters has failed", failure));
    }

    private void end() {
        synchronized (account) {
            lease.endRenewal();
        }
        done.complete(null);
    }
}
