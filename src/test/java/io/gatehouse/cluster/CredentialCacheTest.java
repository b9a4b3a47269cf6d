package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.KeyState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.testing.Gatehouse;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests puts into the shared cache, which no caller waits for. */
class CredentialCacheTest {
    private static final CachedCredential STATE =
            new CachedCredential(new KeyState(new UUID(1, 2), new UUID(3, 4), "alex", null, 0), 7);

    private static final int LIMIT = HazelcastCredentialCache.MAX_PENDING_PUTS;
    private static final int EXCESS = 2_000;

    private final Vertx vertx = Vertx.vertx();
    private HazelcastInstance member;
    private CredentialCache cache;

    @BeforeEach
    void start() {
        var cluster = cluster("credential-cache-test", freeAddress(), freeAddress(), null);
        member = ClusterFixture.start(
                cluster,
                HazelcastSettings.of(
                        cluster,
                        "node",
                        new MemberProfile("node", EnumSet.allOf(Role.class), 50_000),
                        Protocol.CURRENT));
        cache = new HazelcastCredentialCache(vertx, member);
    }

    @AfterEach
    void stop() {
        member.getLifecycleService().terminate();
        Gatehouse.await(vertx.close());
    }

    private void put(int from, int to) {
        for (int i = from; i < to; i++) {
            cache.put(CredentialDigest.of("key " + i), STATE);
        }
    }

    private int size() {
        return member.getMap(HazelcastSettings.CREDENTIALS_MAP).size();
    }

    @Test
    void put_isReadSoon() {
        CredentialDigest digest = CredentialDigest.of("key");

        cache.put(digest, STATE);

        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptions()
                .until(() -> Gatehouse.await(cache.get(digest)).equals(Optional.of(STATE)));
    }

    @Test
    void putsBeyondThoseThatWait_areLeftOut_andLaterOnesAreNot() {
        CountDownLatch resumed = new CountDownLatch(1);
        NodeEngineImpl engine =
                ((HazelcastInstanceProxy) member).getOriginal().node.getNodeEngine();
        for (int i = 0; i < engine.getPartitionService().getPartitionCount(); i++) {
            engine.getOperationService().execute(new Wait(i, resumed));
        }
        put(0, LIMIT + EXCESS);

        resumed.countDown();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(size()).isEqualTo(LIMIT));
        put(LIMIT, LIMIT + EXCESS);
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(size()).isEqualTo(LIMIT + EXCESS));
    }

    @Test
    void put_isLeftOut_whenTheMemberHasEnded() {
        member.getLifecycleService().terminate();

        assertThatCode(() -> put(0, 1)).doesNotThrowAnyException();
    }

    /** Occupies the thread of a partition. */
    private record Wait(int partition, CountDownLatch resumed) implements PartitionSpecificRunnable {
        @Override
        public int getPartitionId() {
            return partition;
        }

        @Override
        public void run() {
            try {
                resumed.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
