package io.gatehouse.cluster.quota;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.gatehouse.config.ClusterTimings;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Decides whether this side of a partition may grant units, and use sessions.
 *
 * <p>It may if it has more than half of the nodes of the cluster, or half with the oldest one. A node that left without notice
 * counts as a node of the cluster for {@link ClusterTimings#LOST_MEMBER_COUNTED}, and after that until this side has the
 * majority: it may be on the other side.
 *
 * <p>A side that has found the majority again has old counters until the other side's are merged into them, and so waits for
 * {@link ClusterTimings#COUNTERS_MERGED}.
 *
 * <p><i>Threading</i>: safe for concurrent use.
 */
public final class Majority implements MembershipListener {
    private static final String CONTEXT_KEY = "gatehouse.majority";
    private static final long PRESENT = 0;
    private static final long MERGED_NANOS = ClusterTimings.COUNTERS_MERGED.toNanos();

    private final LongSupplier nanoTime;
    /** The nodes of the cluster, the oldest first, with the time at which each was lost. */
    private final Map<String, Long> lostAt = new LinkedHashMap<>();
    /** The members that have given notice. */
    private final Set<String> leaving = new HashSet<>();

    private boolean isMerging;
    /** Whether the counters here were ever without a majority, and when they last were. */
    private boolean wasWithout;

    private long lastWithout;

    Majority(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** Returns the one of a member. */
    static Majority of(HazelcastInstance member) {
        return (Majority) Objects.requireNonNull(member.getUserContext().get(CONTEXT_KEY));
    }

    /** Returns whether a member's side of a partition has the majority. */
    public static boolean isPresent(HazelcastInstance member) {
        return of(member).isPresent(member.getCluster().getMembers());
    }

    void addTo(Map<String, Object> userContext) {
        userContext.put(CONTEXT_KEY, this);
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        isPresent(event.getMembers());
    }

    @Override
    public void memberRemoved(MembershipEvent event) {
        isPresent(event.getMembers());
    }

    /** Receives the notice of a node that leaves. */
    synchronized void leaving(String node) {
        leaving.add(node);
    }

    /** Receives the beginning and the end of a merge of this member into another cluster. */
    synchronized void merging(LifecycleState state) {
        switch (state) {
            case MERGING -> isMerging = true;
            case MERGED, MERGE_FAILED -> {
                isMerging = false;
                without(nanoTime.getAsLong());
            }
            default -> {
                // A start or stop does not change the counters.
            }
        }
    }

    private void without(long now) {
        wasWithout = true;
        lastWithout = now;
    }

    /**
     * Returns whether the members are a majority, with current counters.
     *
     * <p><i>Invariant</i>: it compares with the members of earlier calls, and does not rely on events, which are late.
     */
    boolean isPresent(Collection<Member> members) {
        return isPresent(NodeNames.of(members));
    }

    synchronized boolean isPresent(Set<String> nodes) {
        long now = Math.max(1, nanoTime.getAsLong());
        lostAt.keySet().removeIf(node -> !nodes.contains(node) && leaving.remove(node));
        lostAt.replaceAll((node, lost) -> nodes.contains(node) ? PRESENT : lost == PRESENT ? now : lost);
        if (nodes.containsAll(lostAt.keySet())) {
            // All nodes have the same order of members.
            lostAt.clear();
        }
        nodes.forEach(node -> lostAt.putIfAbsent(node, PRESENT));
        boolean isMajority = isMajority(nodes);
        if (isMajority) {
            long counted = ClusterTimings.LOST_MEMBER_COUNTED.toNanos();
            lostAt.values().removeIf(lost -> lost != PRESENT && now - lost > counted);
        }
        if (!isMajority) {
            without(now);
        }
        return isMajority && !isMerging && !(wasWithout && now - lastWithout < MERGED_NANOS);
    }

    private boolean isMajority(Set<String> nodes) {
        int twice = 2 * nodes.size();
        return twice > lostAt.size()
                || (twice == lostAt.size()
                        && nodes.contains(lostAt.keySet().iterator().next()));
    }
}
