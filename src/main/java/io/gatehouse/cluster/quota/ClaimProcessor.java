package io.gatehouse.cluster.quota;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.ExtendedMapEntry;
import io.gatehouse.quota.Claim;
import io.gatehouse.quota.Grant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Applies a claim on the member that holds the counter. The result is null if that member has no majority.
 *
 * <p><i>Why there</i>: a member of the smaller side of a partition takes over the counters of the other side only after its own
 * member list has shrunk.
 */
final class ClaimProcessor implements EntryProcessor<String, Counter, @Nullable Grant>, HazelcastInstanceAware {
    private static final long serialVersionUID = 1L;

    private final String node;
    private final transient Claim claim;
    private final long lifeMillis;
    private transient @Nullable HazelcastInstance hazelcast;
    /** What the backups store. */
    private transient @Nullable Counter after;

    ClaimProcessor(String node, Claim claim, long lifeMillis) {
        this.node = node;
        this.claim = claim;
        this.lifeMillis = lifeMillis;
    }

    String node() {
        return node;
    }

    Claim claim() {
        return claim;
    }

    long lifeMillis() {
        return lifeMillis;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance member) {
        this.hazelcast = member;
    }

    @Override
    public @Nullable Grant process(Map.Entry<String, @Nullable Counter> entry) {
        HazelcastInstance member = Objects.requireNonNull(hazelcast);
        after = null;
        if (!Majority.of(member).isPresent(member.getCluster().getMembers())) {
            return null;
        }
        Counter before = entry.getValue();
        Counter.Outcome outcome = (before == null ? Counter.EMPTY : before)
                .apply(node, claim, NodeNames.of(member.getCluster().getMembers()));
        after = outcome.counter();
        store(entry, outcome.counter(), lifeMillis);
        return outcome.grant();
    }

    static void store(Map.Entry<String, @Nullable Counter> entry, Counter counter, long lifeMillis) {
        ((ExtendedMapEntry<String, @Nullable Counter>) entry).setValue(counter, lifeMillis, TimeUnit.MILLISECONDS);
    }

    /** Copies the counter to the backups, where the claim would see another majority or another value. */
    @Override
    public @Nullable EntryProcessor<String, Counter, @Nullable Grant> getBackupProcessor() {
        return after == null ? null : new CopyProcessor(after, lifeMillis);
    }
}
