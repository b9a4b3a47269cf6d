package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.cluster.MembershipListener;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import io.vertx.core.Vertx;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Members that hold the shared maps. When the last of them dies the maps die, and with them who listens to what; Vert.x
 * tells its part again only when a member leaves, and then there is nowhere to tell it. So it is told when one comes.
 */
final class DataMembers implements MembershipListener {
    private static final Logger LOG = LoggerFactory.getLogger(DataMembers.class);

    private final HazelcastInstance hazelcast;
    private final HazelcastClusterManager manager;
    private final Vertx vertx;
    private boolean missing;

    private DataMembers(HazelcastInstance hazelcast, HazelcastClusterManager manager, Vertx vertx) {
        this.hazelcast = hazelcast;
        this.manager = manager;
        this.vertx = vertx;
    }

    static void watch(HazelcastInstance hazelcast, HazelcastClusterManager manager, Vertx vertx) {
        hazelcast.getCluster().addMembershipListener(new DataMembers(hazelcast, manager, vertx));
    }

    static boolean areMissing(HazelcastInstance hazelcast) {
        return hazelcast.getCluster().getMembers().stream().allMatch(Member::isLiteMember);
    }

    @Override
    public synchronized void memberRemoved(MembershipEvent event) {
        if (!missing && areMissing(hazelcast)) {
            missing = true;
            LOG.warn("no token-issuer or admin node is left in the cluster");
        }
    }

    @Override
    public synchronized void memberAdded(MembershipEvent event) {
        if (missing && !areMissing(hazelcast)) {
            missing = false;
            LOG.info("a node that holds the shared maps is back: saying again what this one listens to");
            vertx.executeBlocking(() -> {
                // What Vert.x does after two halves have found each other is what is needed here.
                manager.stateChanged(new LifecycleEvent(LifecycleEvent.LifecycleState.MERGED));
                return null;
            });
        }
    }
}
