package io.gatehouse.cluster.quota;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import io.gatehouse.quota.CounterId;
import io.gatehouse.quota.Release;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Ends the lease of a member, on that member. The result is empty if the member has a claim in flight. */
final class RecallTask implements Callable<long[]>, HazelcastInstanceAware {
    /** The attribute of a member that holds its leases. */
    private static final String LEASES = "gatehouse.leases";

    private final CounterId counter;
    private @Nullable HazelcastInstance member;

    RecallTask(CounterId counter) {
        this.counter = counter;
    }

    CounterId counter() {
        return counter;
    }

    static void serve(HazelcastInstance member, Function<CounterId, Optional<Release>> release) {
        member.getUserContext().put(LEASES, release);
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance hazelcast) {
        this.member = hazelcast;
    }

    @Override
    @SuppressWarnings("unchecked") // Only serve() sets it.
    public long[] call() {
        Function<CounterId, Optional<Release>> leases = (Function<CounterId, Optional<Release>>)
                Objects.requireNonNull(member).getUserContext().get(LEASES);
        if (leases == null) {
            return new long[] {Release.NO_LEASE, 0};
        }
        return leases.apply(counter)
                .map(release -> new long[] {release.generation(), release.returned()})
                .orElseGet(() -> new long[0]);
    }

    /** Reads the result. */
    static Optional<Release> release(String node, long[] result) {
        return result.length == 0 ? Optional.empty() : Optional.of(new Release(node, result[0], result[1]));
    }
}
