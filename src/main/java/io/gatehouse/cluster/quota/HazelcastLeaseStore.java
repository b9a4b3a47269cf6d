package io.gatehouse.cluster.quota;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.ExecutionCallback;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
import com.hazelcast.core.IExecutorService;
import com.hazelcast.map.IMap;
import io.gatehouse.quota.Claim;
import io.gatehouse.quota.CounterId;
import io.gatehouse.quota.Grant;
import io.gatehouse.quota.LeaseStore;
import io.gatehouse.quota.Release;
import io.gatehouse.quota.StoreUnavailable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the counters in a Hazelcast map (docs/adr/0016-leased-counters.md). */
public final class HazelcastLeaseStore implements LeaseStore {
    private static final Logger LOG = LoggerFactory.getLogger(HazelcastLeaseStore.class);
    /** How long a counter is kept after its window, for claims of nodes whose view of the time is late. */
    private static final long GRACE_MILLIS = 2_000;
    /**
     * After 5 s, Hazelcast acknowledges a write whose backup has not: a new owner may not have the grant. The node uses no such
     * grant, and claims again.
     */
    private static final long BACKED_UP_NANOS = TimeUnit.SECONDS.toNanos(4);
    /** How long a recall waits. It leaves time for the claim that follows. */
    private static final long RECALL_MILLIS = 250;
    /** How long a leaving node waits until the others have its notice. */
    private static final long NOTICE_MILLIS = 500;

    private final HazelcastInstance hazelcast;
    private final IMap<String, Counter> counters;
    private final IExecutorService executor;
    private final Majority majority;
    private final String node;

    public HazelcastLeaseStore(HazelcastInstance hazelcast) {
        this.hazelcast = hazelcast;
        this.counters = hazelcast.getMap(QuotaSettings.MAP);
        this.executor = hazelcast.getExecutorService(QuotaSettings.EXECUTOR);
        this.majority = Majority.of(hazelcast);
        this.node = NodeNames.of(hazelcast.getCluster().getLocalMember());
    }

    @Override
    public String node() {
        return node;
    }

    /** The counters of the node itself also use this time, and outlast its member of the cluster. */
    @Override
    public long now() {
        try {
            return hazelcast.getCluster().getClusterTime();
        } catch (HazelcastInstanceNotActiveException e) {
            return System.currentTimeMillis();
        }
    }

    /** Starts an operation. A member that has ended throws. */
    private static <T> CompletionStage<T> started(Supplier<CompletionStage<T>> operation) {
        try {
            return operation.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(new StoreUnavailable("the cluster cannot be used", e));
        }
    }

    @Override
    public CompletionStage<Grant> claim(CounterId counter, Claim claim) {
        return started(() -> claimNow(counter, claim));
    }

    private CompletionStage<Grant> claimNow(CounterId counter, Claim claim) {
        if (!majority.isPresent(hazelcast.getCluster().getMembers())) {
            return CompletableFuture.failedFuture(noMajority());
        }
        long life = Math.max(0, counter.end() - now()) + GRACE_MILLIS;
        String key = counter.key() + '/' + counter.period().field() + '/' + counter.start();
        long started = System.nanoTime();
        return counters.submitToKey(key, new ClaimProcessor(node, claim, life)).thenApply(grant -> {
            if (grant == null) {
                throw noMajority();
            }
            if (System.nanoTime() - started > BACKED_UP_NANOS) {
                throw new StoreUnavailable("a grant may have no backup", null);
            }
            return grant;
        });
    }

    private static StoreUnavailable noMajority() {
        return new StoreUnavailable("this part of the cluster has no majority", null);
    }

    @Override
    public CompletionStage<Optional<Release>> recall(CounterId counter, String holder) {
        return started(() -> recallNow(counter, holder));
    }

    private CompletionStage<Optional<Release>> recallNow(CounterId counter, String holder) {
        for (Member member : hazelcast.getCluster().getMembers()) {
            if (NodeNames.of(member).equals(holder)) {
                return recall(counter, member, holder);
            }
        }
        // The node has left. The units that it had count as used.
        return CompletableFuture.completedFuture(Optional.of(new Release(holder, Release.NO_LEASE, 0)));
    }

    private CompletionStage<Optional<Release>> recall(CounterId counter, Member member, String holder) {
        CompletableFuture<Optional<Release>> released = new CompletableFuture<>();
        executor.submitToMember(new RecallTask(counter), member, new ExecutionCallback<long[]>() {
            @Override
            public void onResponse(long @Nullable [] response) {
                released.complete(RecallTask.release(holder, response == null ? new long[0] : response));
            }

            @Override
            public void onFailure(Throwable failure) {
                released.completeExceptionally(failure);
            }
        });
        return released.orTimeout(RECALL_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void onRecall(Function<CounterId, Optional<Release>> release) {
        RecallTask.serve(hazelcast, release);
    }

    /** Gives the other members notice that this one leaves. Blocks for half a second at most. */
    public static void giveNotice(HazelcastInstance leaving) {
        try {
            String node = NodeNames.of(leaving.getCluster().getLocalMember());
            Map<Member, Future<Boolean>> sent =
                    leaving.getExecutorService(QuotaSettings.EXECUTOR).submitToAllMembers(new LeavingTask(node));
            long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(NOTICE_MILLIS);
            for (Future<Boolean> each : sent.values()) {
                each.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            LOG.warn("Not every member received the notice that this node leaves; for them it counts as lost", e);
        }
    }
}
