package io.gatehouse.cluster.quota;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceAware;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Gives each member notice that a node leaves, so that the node does not count as lost. */
final class LeavingTask implements Callable<Boolean>, HazelcastInstanceAware {
    private final String node;
    private @Nullable HazelcastInstance member;

    LeavingTask(String node) {
        this.node = node;
    }

    String node() {
        return node;
    }

    @Override
    public void setHazelcastInstance(HazelcastInstance hazelcast) {
        this.member = hazelcast;
    }

    @Override
    public Boolean call() {
        Majority.of(Objects.requireNonNull(member)).leaving(node);
        return true;
    }
}
