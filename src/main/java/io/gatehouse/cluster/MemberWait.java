package io.gatehouse.cluster;

import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Blocks a thread that starts a node until the members of the cluster satisfy a condition.
 *
 * <p>The condition is checked after each change of the member list, and when the member stops.
 */
final class MemberWait implements AutoCloseable {
    private final HazelcastInstance hazelcast;
    private final Predicate<HazelcastInstance> condition;
    private final Semaphore changes = new Semaphore(0);
    private final UUID membership;
    private final UUID lifecycle;

    MemberWait(HazelcastInstance hazelcast, Predicate<HazelcastInstance> condition) {
        this.hazelcast = hazelcast;
        this.condition = condition;
        this.membership = hazelcast.getCluster().addMembershipListener(new MembershipListener() {
            @Override
            public void memberAdded(MembershipEvent event) {
                changes.release();
            }

            @Override
            public void memberRemoved(MembershipEvent event) {
                changes.release();
            }
        });
        this.lifecycle = hazelcast.getLifecycleService().addLifecycleListener(event -> changes.release());
    }

    /**
     * Waits until the condition holds or the time is over.
     *
     * @return whether the condition holds
     * @throws ClusterException if the thread is interrupted
     */
    boolean await(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.test(hazelcast)) {
            try {
                if (!changes.tryAcquire(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return condition.test(hazelcast);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new ClusterException("interrupted while joining the cluster", e);
            }
        }
        return true;
    }

    @Override
    public void close() {
        hazelcast.getLifecycleService().removeLifecycleListener(lifecycle);
        if (hazelcast.getLifecycleService().isRunning()) {
            hazelcast.getCluster().removeMembershipListener(membership);
        }
    }
}
