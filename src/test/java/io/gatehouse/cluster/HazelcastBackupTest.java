package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Address;
import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.partition.InternalPartitionService;
import com.hazelcast.map.IMap;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tests a Hazelcast setting (ADR 10). A member that merges keeps its old replica versions, and so rejects newer backups as
 * stale until they are synchronized (5.3.8, PartitionReplicaManager.reset).
 */
class HazelcastBackupTest {
    private static final String NAME = "merged-member-test";
    private static final int KEYS = 300;
    /** How long a revocation waits for the shared cache. */
    private static final long PATIENCE_SECONDS = 2;

    private final List<HazelcastInstance> members = new ArrayList<>();

    @AfterEach
    void stop() {
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    @Test
    void hazelcast_acknowledgesBackupsWithinASecond_afterAMerge() {
        ListenAddress one = freeAddress();
        ListenAddress other = freeAddress();
        List<Config> half = Stream.of(other, freeAddress())
                .map(bind -> settings(bind, other))
                .toList();
        HazelcastInstance member = Stream.of(one, freeAddress(), freeAddress())
                .map(bind -> start(settings(bind, one)))
                .toList()
                .get(0);
        HazelcastInstance apart = half.stream().map(this::start).toList().get(0);
        for (int round = 0; round < 50; round++) {
            CompletableFuture.allOf(writes(apart)).join();
        }

        half.forEach(config ->
                config.getAdvancedNetworkConfig().getJoin().getTcpIpConfig().addMember(one.toString()));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> member.getCluster().getMembers().size() == members.size());

        await().atMost(Duration.ofSeconds(15))
                .untilAsserted(() -> assertThat(CompletableFuture.allOf(writes(member)))
                        .succeedsWithin(Duration.ofSeconds(PATIENCE_SECONDS)));
    }

    @Test
    void hazelcast_hasEachBackupInAnotherZone() {
        ListenAddress seed = freeAddress();
        List<String> zones = List.of("a", "a", "b", "b", "b");
        for (int i = 0; i < zones.size(); i++) {
            ListenAddress bind = i == 0 ? seed : freeAddress();
            start(settings(cluster(NAME, bind, seed, null).withZone(zones.get(i))));
        }
        CompletableFuture.allOf(writes(members.get(0))).join();
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(
                        () -> assertThat(zonesOfReplicas()).allMatch(replicas -> replicas.equals(Set.of("a", "b"))));
    }

    @Test
    void hazelcast_hasEachBackupOnAnotherMember_withOneZoneOrNone() {
        ListenAddress seed = freeAddress();
        start(settings(cluster(NAME, seed, seed, null).withZone("a")));
        start(settings(cluster(NAME, freeAddress(), seed, null).withZone("a")));
        CompletableFuture.allOf(writes(members.get(0))).join();
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(replicas()).allMatch(replicas -> replicas.size() == 2));

        start(settings(cluster(NAME, freeAddress(), seed, null)));
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(replicas())
                        .allMatch(replicas -> replicas.size() == 2)
                        .anyMatch(replicas -> replicas.contains(2)));
    }

    /** The zones that hold each partition. */
    private List<Set<String>> zonesOfReplicas() {
        List<String> zones = List.of("a", "a", "b", "b", "b");
        return replicas().stream()
                .map(replicas -> replicas.stream().map(zones::get).collect(Collectors.toSet()))
                .toList();
    }

    /** The members that hold each partition, its primary and its backup, by the order of their start. */
    private List<Set<Integer>> replicas() {
        List<Address> addresses = members.stream()
                .map(member -> member.getCluster().getLocalMember().getAddress())
                .toList();
        InternalPartitionService partitions =
                ((HazelcastInstanceProxy) members.get(0)).getOriginal().node.getPartitionService();
        return Stream.of(partitions.getInternalPartitions())
                .map(partition -> IntStream.range(0, 2)
                        .mapToObj(partition::getReplicaAddress)
                        .filter(Objects::nonNull)
                        .map(addresses::indexOf)
                        .collect(Collectors.toSet()))
                .toList();
    }

    private HazelcastInstance start(Config config) {
        HazelcastInstance member = ClusterFixture.start(cluster(NAME, freeAddress(), freeAddress(), null), config);
        members.add(member);
        return member;
    }

    private static Config settings(ListenAddress bind, ListenAddress seed) {
        return settings(cluster(NAME, bind, seed, null));
    }

    private static Config settings(ClusterConfig cluster) {
        return HazelcastSettings.of(
                cluster,
                cluster.bind().toString(),
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);
    }

    private static CompletableFuture<?>[] writes(HazelcastInstance member) {
        IMap<Integer, SharedEntry> tokens = member.getMap(HazelcastSettings.CREDENTIALS_MAP);
        return IntStream.range(0, KEYS)
                .mapToObj(key -> tokens.setAsync(key, SharedEntry.TOMBSTONE, 60, TimeUnit.SECONDS)
                        .toCompletableFuture())
                .toArray(CompletableFuture[]::new);
    }
}
