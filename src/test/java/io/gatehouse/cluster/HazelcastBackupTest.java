package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

    private HazelcastInstance start(Config config) {
        HazelcastInstance member = ClusterFixture.start(cluster(NAME, freeAddress(), freeAddress(), null), config);
        members.add(member);
        return member;
    }

    private static Config settings(ListenAddress bind, ListenAddress seed) {
        return HazelcastSettings.of(
                cluster(NAME, bind, seed, null),
                bind.toString(),
                new MemberProfile(EnumSet.allOf(Role.class), 1_000),
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
