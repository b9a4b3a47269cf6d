package io.gatehouse.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastException;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.core.HazelcastInstanceNotActiveException;
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
 * Restores event-bus registrations that the cluster has lost (ADR 10).
 *
 * <p>Vert.x's cluster manager keeps the registrations of all nodes in a Hazelcast map. When a member leaves, each node removes
 * that member's registrations. A node that was paused or partitioned removes those of members that never left, and all are lost
 * with the last member that holds the map. Every 2 s, each node checks that its own registrations exist and adds missing ones.
 *
 * <p><i>Threading</i>: membership events run one after the other on a thread of their own. Removing registrations blocks while
 * no member holds the map, and must delay neither Hazelcast's events nor the merge that ends that state.
 */
// later() runs the events one after the other, so the superclass's lock is not needed here.
@SuppressWarnings("UnsynchronizedOverridesSynchronized")
final class HealingClusterManager extends HazelcastClusterManager {
    private static final Logger LOG = LoggerFactory.getLogger(HealingClusterManager.class);
    private static final long PERIOD_MILLIS = 2_000;
    private static final String LEAVING = "gatehouse.leaving";

    private final HazelcastInstance hazelcast;
    /** The registrations of this node that the cluster must have, by address. */
    private final Map<String, Set<RegistrationInfo>> own = new ConcurrentHashMap<>();

    private final ExecutorService events = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "gatehouse-membership");
        thread.setDaemon(true);
        return thread;
    });
    /** Members that have announced that they leave. */
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();

    private volatile boolean checking;

    HealingClusterManager(HazelcastInstance hazelcast) {
        super(hazelcast);
        this.hazelcast = hazelcast;
    }

    /** Whether no member holds the shared maps. */
    static boolean isDataMissing(HazelcastInstance hazelcast) {
        return hazelcast.getCluster().getMembers().stream().allMatch(Member::isLiteMember);
    }

    /** Announces that a member leaves because its process stops, so that the others do not report a failure. */
    static void announceLeave(HazelcastInstance hazelcast, String nodeId) {
        try {
            hazelcast.getTopic(LEAVING).publish(nodeId);
        } catch (HazelcastException | HazelcastInstanceNotActiveException e) {
            LOG.debug("The leave was not announced", e);
        }
    }

    private void expectLeave(String node) {
        if (getNodes().contains(node)) {
            leaving.add(node);
        }
    }

    private void logRemoval(Member member) {
        String node = MemberLabel.of(member);
        int members = hazelcast.getCluster().getMembers().size();
        if (leaving.remove(String.valueOf(Cluster.nodeId(member)))) {
            LOG.info("A member has left node={} address={} members={}", node, member.getAddress(), members);
        } else {
            LOG.warn("A member was lost node={} address={} members={}", node, member.getAddress(), members);
        }
    }

    void watch(Vertx vertx) {
        hazelcast.<String>getTopic(LEAVING).addMessageListener(message -> expectLeave(message.getMessageObject()));
        vertx.setPeriodic(PERIOD_MILLIS, timer -> check());
    }

    @Override
    public void addRegistration(String address, RegistrationInfo registration, Completable<Void> promise) {
        if (registration.localOnly()) {
            super.addRegistration(address, registration, promise);
            return;
        }
        super.addRegistration(address, registration, (nothing, failure) -> {
            if (failure == null) {
                // Atomic, so that a concurrent removal of another registration does not remove this one.
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

    /** Removes nothing if the member is back or no member holds the map. {@link #check} compensates for that. */
    @Override
    public void memberRemoved(MembershipEvent event) {
        later(() -> {
            logRemoval(event.getMember());
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

    /** The timer still runs while Vert.x ends, which then has no worker threads. */
    private boolean hasLeft() {
        return events.isShutdown();
    }

    private void later(Runnable work) {
        try {
            events.execute(work);
        } catch (RejectedExecutionException e) {
            LOG.debug("This node has left; the event is ignored");
        }
    }

    /** Registers this node again if the cluster has lost a registration. A lookup that fails is no reason to. */
    void check() {
        if (hasLeft() || checking || isDataMissing(hazelcast)) {
            return;
        }
        checking = true;
        List<Future<?>> checks = new ArrayList<>();
        checks.add(checkNode());
        own.forEach((address, registrations) -> checks.add(checkAddress(address, Set.copyOf(registrations))));
        Future.join(checks)
                .onFailure(failure -> {
                    if (failure instanceof RegistrationLost) {
                        LOG.warn("{}; registering this node's handlers again", failure.getMessage());
                        stateChanged(new LifecycleEvent(LifecycleState.MERGED));
                    } else {
                        LOG.debug("The registrations of this node were not checked", failure);
                    }
                })
                .onComplete(done -> checking = false);
    }

    private Future<?> checkNode() {
        Promise<NodeInfo> found = Promise.promise();
        getNodeInfo(getNodeId(), found);
        return found.future()
                .recover(failure -> Future.failedFuture(
                        failure instanceof VertxException ? new RegistrationLost("this node") : failure));
    }

    private Future<?> checkAddress(String address, Set<RegistrationInfo> registrations) {
        Promise<List<RegistrationInfo>> found = Promise.promise();
        getRegistrations(address, found);
        return found.future()
                .compose(all -> all.containsAll(registrations)
                        ? Future.succeededFuture()
                        : Future.failedFuture(new RegistrationLost("the handler of " + address)));
    }

    private static final class RegistrationLost extends Exception {
        RegistrationLost(String subject) {
            super("The cluster has lost the registration of " + subject, null, false, false);
        }
    }
}
