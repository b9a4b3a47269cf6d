package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Member;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceImpl;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.cluster.impl.ClusterServiceImpl;
import io.gatehouse.cluster.quota.HazelcastLeaseStore;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.quota.Claim;
import io.gatehouse.quota.CounterId;
import io.gatehouse.quota.Grant;
import io.gatehouse.quota.LeaseStore;
import io.gatehouse.quota.LeasedCounters;
import io.gatehouse.quota.Limit;
import io.gatehouse.quota.Period;
import io.gatehouse.quota.Release;
import io.gatehouse.quota.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Runs the counters of several Hazelcast members: two that hold data, and proxies. */
final class QuotaCluster implements AutoCloseable {
    private static final int DATA_MEMBERS = 2;
    private static final Duration LONG = Duration.ofSeconds(90);
    /**
     * How long after a member's start a partition lasts at least, unless the test {@linkplain #merge ends} it. With the 5 s of
     * production it can heal before each side has noticed it.
     */
    private static final Duration FIRST_MERGE = Duration.ofSeconds(40);
    /** How often the sides of a partition look for each other. */
    private static final Duration SEARCH_PERIOD = Duration.ofSeconds(1);

    final List<Node> nodes = new ArrayList<>();
    private final ListenAddress seed = freeAddress();
    private final String name;

    QuotaCluster(String name, int members) {
        this.name = name;
        for (int i = 0; i < members; i++) {
            add(i < DATA_MEMBERS ? EnumSet.allOf(Role.class) : Set.of(Role.PROXY), i == 0 ? seed : freeAddress());
        }
        await().atMost(Duration.ofSeconds(60))
                .until(() -> nodes.stream()
                        .allMatch(node -> node.member.getCluster().getMembers().size() == members));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> nodes.get(0).member.getPartitionService().isClusterSafe());
    }

    private void add(Set<Role> roles, ListenAddress bind) {
        Config settings = HazelcastSettings.of(
                cluster(name, bind, seed, null),
                bind.toString(),
                new MemberProfile("node", roles, 1_000),
                Protocol.CURRENT);
        settings.setProperty("hazelcast.merge.first.run.delay.seconds", String.valueOf(FIRST_MERGE.toSeconds()));
        nodes.add(new Node(ClusterFixture.start(cluster(name, bind, seed, null), settings)));
    }

    /** Ends a partition that each side has noticed. */
    void merge() {
        await().atMost(LONG).pollInterval(SEARCH_PERIOD).ignoreExceptions().until(() -> {
            nodes.forEach(Node::searchForOtherSide);
            return nodes.stream()
                    .allMatch(node -> node.member.getCluster().getMembers().size() == nodes.size());
        });
    }

    @Override
    public void close() {
        nodes.forEach(node -> node.member.getLifecycleService().terminate());
    }

    /** Counts on one member, and counts the claims it makes. */
    static final class Node {
        final HazelcastInstance member;
        final AtomicInteger claims = new AtomicInteger();
        final LeasedCounters counters;

        Node(HazelcastInstance member) {
            this.member = member;
            this.counters = new LeasedCounters(new CountingStore(new HazelcastLeaseStore(member), claims));
        }

        /** Takes a unit. A request that times out on a busy machine is sent again, as a client would. */
        boolean take(String key, long limit) {
            while (true) {
                try {
                    return takeOnce(key, limit).join().isAllowed();
                } catch (CompletionException unavailable) {
                    Thread.onSpinWait();
                }
            }
        }

        /** Looks as {@link #take} takes. */
        Verdict look(String key, long limit) {
            while (true) {
                try {
                    return counters.look(key, limits(limit)).join();
                } catch (CompletionException unavailable) {
                    Thread.onSpinWait();
                }
            }
        }

        void awaitSize(int size) {
            await().atMost(LONG).until(() -> member.getCluster().getMembers().size() == size);
        }

        /** Removes a member from the view of this one, as if its heartbeats were lost. It may have left that view before. */
        void suspect(Node lost) {
            Member itself = lost.member.getCluster().getLocalMember();
            // Hazelcast refuses to suspect the object of itself that a member has.
            member.getCluster().getMembers().stream()
                    .filter(itself::equals)
                    .forEach(suspected -> original()
                            .node
                            .getClusterService()
                            .suspectMember(suspected, "partition of the test", true));
        }

        /** Sets the time of the cluster on this member, as a correction of the system's time does until the next heartbeat. */
        void setForward(Duration step) {
            original()
                    .node
                    .getClusterService()
                    .getClusterClock()
                    .setMasterTime(member.getCluster().getClusterTime() + step.toMillis());
        }

        private HazelcastInstanceImpl original() {
            return ((HazelcastInstanceProxy) member).getOriginal();
        }

        /** Does what the oldest member of each side does every 5 s in production. A side that is merging does not search again. */
        private void searchForOtherSide() {
            ClusterServiceImpl cluster = original().node.getClusterService();
            if (cluster.isJoined()
                    && cluster.isMaster()
                    && cluster.getClusterState().isJoinAllowed()) {
                original().node.getJoiner().searchForOtherClusters();
            }
        }

        static List<Limit> limits(long limit) {
            // No test runs at the turn of a year.
            return List.of(new Limit(Period.YEAR, limit));
        }

        CompletableFuture<Verdict> takeOnce(String key, long limit) {
            return counters.take(key, limits(limit));
        }
    }

    private record CountingStore(LeaseStore store, AtomicInteger claims) implements LeaseStore {
        @Override
        public String node() {
            return store.node();
        }

        @Override
        public long now() {
            return store.now();
        }

        @Override
        public CompletionStage<Grant> claim(CounterId counter, Claim claim) {
            claims.incrementAndGet();
            return store.claim(counter, claim);
        }

        @Override
        public CompletionStage<Optional<Release>> recall(CounterId counter, String node) {
            return store.recall(counter, node);
        }

        @Override
        public void onRecall(Function<CounterId, Optional<Release>> release) {
            store.onRecall(release);
        }
    }
}
