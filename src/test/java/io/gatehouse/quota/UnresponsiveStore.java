package io.gatehouse.quota;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A store whose claims complete when a test completes their outcome. */
final class UnresponsiveStore implements LeaseStore {
    final AtomicInteger claims = new AtomicInteger();
    final AtomicInteger returns = new AtomicInteger();
    final AtomicLong returnedUnits = new AtomicLong();
    final CompletableFuture<Grant> outcome = new CompletableFuture<>();
    volatile CompletableFuture<Grant> outcomeOfReturns = outcome;

    @Override
    public String node() {
        return "node";
    }

    @Override
    public long now() {
        return System.currentTimeMillis();
    }

    @Override
    public CompletionStage<Grant> claim(CounterId counter, Claim claim) {
        claims.incrementAndGet();
        if (claim.wanted() > 0) {
            return outcome;
        }
        returns.incrementAndGet();
        returnedUnits.addAndGet(claim.returned());
        return outcomeOfReturns;
    }

    @Override
    public CompletionStage<Optional<Release>> recall(CounterId counter, String node) {
        return CompletableFuture.completedFuture(Optional.empty());
    }

    @Override
    public void onRecall(Function<CounterId, Optional<Release>> release) {
        // No node recalls.
    }
}
