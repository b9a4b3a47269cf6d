package io.gatehouse.quota;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;

/** Grants leases of counters. */
public interface LeaseStore {
    /** Returns the name of this node. */
    String node();

    /** Returns the time that all nodes of the store share, in milliseconds since the epoch. */
    long now();

    /**
     * Applies a claim of this node. The stage completes when the outcome is known, which can take longer than a request waits. It fails
     * if the store cannot be used.
     */
    CompletionStage<Grant> claim(CounterId counter, Claim claim);

    /**
     * Recalls the lease of another node. It is empty if that node has a claim in flight. The stage fails soon if the node does
     * not respond.
     */
    CompletionStage<Optional<Release>> recall(CounterId counter, String node);

    /** Sets the function that ends a lease of this node. The function does not block. */
    void onRecall(Function<CounterId, Optional<Release>> release);

    /** Creates the store of a single node, which grants a limit as a whole. */
    static LeaseStore ofNode(LongSupplier now) {
        return new LeaseStore() {
            @Override
            public String node() {
                return "";
            }

            @Override
            public long now() {
                return now.getAsLong();
            }

            @Override
            public CompletionStage<Grant> claim(CounterId counter, Claim claim) {
                long granted = claim.wanted() == 0 ? 0 : Math.max(0, claim.limit() - claim.received());
                return CompletableFuture.completedFuture(new Grant(claim.generation() + 1, granted, 0, List.of()));
            }

            @Override
            public CompletionStage<Optional<Release>> recall(CounterId counter, String node) {
                return CompletableFuture.completedFuture(Optional.empty());
            }

            @Override
            public void onRecall(Function<CounterId, Optional<Release>> release) {
                // There is no other node.
            }
        };
    }
}
