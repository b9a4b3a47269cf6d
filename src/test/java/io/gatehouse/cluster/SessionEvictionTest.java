package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.config.Config;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.LocalMapStats;
import io.gatehouse.cluster.session.HazelcastSessionStore;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.session.SessionStore;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that two members keep no more sessions and ends than their settings allow, which are those of a small heap. */
class SessionEvictionTest {
    private static final String SESSIONS = "gatehouse.sessions";
    private static final String ENDS = "gatehouse.session-ends";
    private static final int MEBIBYTES = 1;
    private static final int MAX_ENDS = 610;
    private static final Duration LIFE = Duration.ofHours(1);

    private final ListenAddress seed = freeAddress();
    private final Vertx vertx = Vertx.vertx();
    private final List<HazelcastInstance> members = List.of(member(seed), member(freeAddress()));

    private HazelcastInstance member(ListenAddress bind) {
        Config settings = HazelcastSettings.of(
                cluster("session-eviction-test", bind, seed, null),
                bind.toString(),
                new MemberProfile("node", EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT);
        settings.getMapConfig(SESSIONS).getEvictionConfig().setSize(MEBIBYTES);
        settings.getMapConfig(ENDS).getEvictionConfig().setSize(MAX_ENDS);
        return ClusterFixture.start(cluster("session-eviction-test", bind, seed, null), settings);
    }

    @BeforeEach
    void awaitPartitions() {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> members.stream()
                        .allMatch(member -> member.getCluster().getMembers().size() == members.size()
                                && member.getPartitionService().isClusterSafe()));
    }

    @AfterEach
    void stop() {
        members.forEach(member -> member.getLifecycleService().terminate());
        Gatehouse.await(vertx.close());
    }

    private LocalMapStats stats(int member, String map) {
        return members.get(member).getMap(map).getLocalMapStats();
    }

    private static CredentialDigest key(int number) {
        return CredentialDigest.of("key-" + number);
    }

    @Test
    void theLeastRecentlyUsedSessionsAreEvictedWithTheirBackups() {
        SessionStore store = HazelcastSessionStore.ofSessions(vertx, members.get(0));
        byte[] content = new byte[4 * 1024];
        for (int i = 0; i < 1_000; i++) {
            long version = Gatehouse.await(store.replace(key(i), SessionStore.ABSENT, content, LIFE));
            assertThat(version).isPositive();
        }
        for (int i = 0; i < members.size(); i++) {
            LocalMapStats stats = stats(i, SESSIONS);
            // Each of the 61 partitions may have one more.
            assertThat(stats.getOwnedEntryMemoryCost() + stats.getBackupEntryMemoryCost())
                    .isBetween(MEBIBYTES * 700_000L, MEBIBYTES * 1_400_000L);
            assertThat(stats.getBackupEntryCount()).isPositive();
        }
        assertThat(Gatehouse.await(store.get(key(999)))).isPresent();
        assertThat(IntStream.range(0, 100)
                        .filter(i -> Gatehouse.await(store.get(key(i))).isPresent())
                        .count())
                .isLessThan(20);
    }

    @Test
    void endsBeyondTheirNumberAreEvicted() {
        SessionStore store = HazelcastSessionStore.ofEnds(vertx, members.get(0));
        for (int batch = 0; batch < 25; batch++) {
            int first = batch * 100;
            Gatehouse.await(Future.all(IntStream.range(first, first + 100)
                    .mapToObj(i -> store.raise(key(i), 1, LIFE))
                    .toList()));
        }
        await().untilAsserted(() -> assertThat(
                        stats(0, ENDS).getOwnedEntryCount() + stats(1, ENDS).getOwnedEntryCount())
                .isBetween(1_000L, 2L * MAX_ENDS));
    }
}
