package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.LifecycleEvent;
import com.hazelcast.core.LifecycleEvent.LifecycleState;
import io.vertx.core.Completable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Vert.x's cluster manager, which keeps who listens to what in a map of the cluster, made to get over splits. Each node clears
 * away what others said before they left, and a node that stood still, or was in a half of its own, clears away what those
 * who never left have said; when the last member that holds the map dies, all of it is gone. So every node looks now and then
 * whether its own part is there, and says it again. And clearing away takes its time where the map has no holder: here it
 * keeps nobody waiting, neither Hazelcast's events nor the merge that brings a holder back.
 */
// Not to wait for that lock is the point: later() keeps the events one after the other.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class HealingClusterManager extends HazelcastClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(HealingClusterManager.class);
    private static final long PERIOD_MILLIS = 2_000;

    private final HazelcastInstance hazelcast;
    /** What this node listens to and the others are to know. */
    private final Map<String, Set<RegistrationInfo>> own = new ConcurrentHashMap<>();

    private final ExecutorService events = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "gatehouse-membership");
        thread.setDaemon(true);
        return thread;
    });
    private volatile boolean looking;

    HealingClusterManager(HazelcastInstance hazelcast) {
        super(hazelcast);
        this.hazelcast = hazelcast;
    }

    /** Whether nobody holds the shared maps. */
    static boolean isDataMissing(HazelcastInstance hazelcast) {
        return hazelcast.getCluster().getMembers().stream().allMatch(Member::isLiteMember);
    }

    void watch(Vertx vertx) {
        vertx.setPeriodic(PERIOD_MILLIS, timer -> look());
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        if (registration.localOnly()) {
            super.addRegistration(address, registration, promise);
            return;
        }
        super.addRegistration(address, registration, (nothing, failure) -> {
            if (failure == null) {
                // In one step, or one that is taken away meanwhile could take this one along.
                own.compute(address, (same, registrations) -> {
                    Set<RegistrationInfo> all = registrations == null ? ConcurrentHashMap.newKeySet() : registrations;
                    all.add(registration);
                    return all;
                });
            }
            promise.complete(null, failure);
        });
    }

    @Override
    public void removeRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        own.computeIfPresent(address, (same, registrations) -> {
            registrations.remove(registration);
            return registrations.isEmpty() ? null : registrations;
        });
        super.removeRegistration(address, registration, promise);
    }

    @Override
    public void memberAdded(MembershipEvent event) {
        later(() -> super.memberAdded(event));
    }

    /** Nothing to clear away if the member is back, or nobody is there to do it with: {@link #look} makes up for that. */
    @Override
    public void memberRemoved(MembershipEvent event) {
        later(() -> {
            if (!isDataMissing(hazelcast) && !getNodes().contains(Cluster.nodeId(event.getMember()))) {
                super.memberRemoved(event);
            }
        });
    }

    @Override
    public void stateChanged(LifecycleEvent event) {
        if (event.getState() == LifecycleState.MERGED) {
            later(() -> super.stateChanged(event));
        }
    }

    @Override
    public void leave(Completable<Void> promise) {
        events.shutdown();
        super.leave(promise);
    }

    private void later(Runnable work) {
        try {
            events.execute(work);
        } catch (RejectedExecutionException left) {
            LOG.debug("this node has left");
        }
    }

    /** Says again what this node listens to if the cluster does not know it; an answer that does not come is no reason to. */
    private void look() {
        if (looking || isDataMissing(hazelcast)) {
            return;
        }
        looking = true;
        List<Future<?>> found = new ArrayList<>();
        found.add(lookForNode());
        own.forEach((address, registrations) -> found.add(lookFor(address, Set.copyOf(registrations))));
        Future.join(found)
                .onFailure(failure -> {
                    if (failure instanceof Forgotten) {
                        LOG.warn("{}: saying again what this node listens to", failure.getMessage());
                        stateChanged(new LifecycleEvent(LifecycleState.MERGED));
                    } else {
                        LOG.debug("what this node listens to cannot be looked up", failure);
                    }
                })
                .onComplete(looked -> looking = false);
    }

    private Future<?> lookForNode() {
        Promise<NodeInfo> known = Promise.promise();
        getNodeInfo(getNodeId(), known);
        return known.future()
                .recover(failure ->
                        Future.failedFuture(failure instanceof VertxException ? new Forgotten("this node") : failure));
    }

    private Future<?> lookFor(String address, Set<RegistrationInfo> registrations) {
        Promise<List<RegistrationInfo>> known = Promise.promise();
        getRegistrations(address, known);
        return known.future()
                .compose(all -> all.containsAll(registrations)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new Forgotten("who listens to " + address)));
    }

    private static final class Forgotten extends Exception {
        Forgotten(String what) {
            super("the cluster has forgotten " + what, null, false, false);
        }
    }
}
