package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.instance.impl.HazelcastInstanceProxy;
import com.hazelcast.internal.serialization.Data;
import com.hazelcast.map.impl.MapService;
import com.hazelcast.map.impl.recordstore.RecordStore;
import com.hazelcast.spi.impl.NodeEngineImpl;
import com.hazelcast.spi.impl.PartitionSpecificRunnable;
import com.hazelcast.wan.impl.CallerProvenance;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Upstream;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Tests a shared cache that loses an invalidation it has acknowledged (ADR 13). A member stores the tombstone of a revoked
 * token and crashes before its backup is stored. The older backup, which holds the token, becomes the map's entry.
 */
class LostTombstoneTest {
    private static final String NAME = "lost-tombstone-test";

    private final ListenAddress first = freeAddress();
    private final PostgresConfig database = TestDatabase.create();
    private Upstream upstream;
    private Gatehouse fullNode;
    private BareMember bare;
    private Gatehouse proxy;
    private JsonObject application;

    @BeforeEach
    void start() {
        upstream = Upstream.start();
        fullNode = Gatehouse.start(
                Gatehouse.config(EnumSet.allOf(Role.class), database, List.of(), cluster(NAME, first, first, null)));
        bare = new BareMember(cluster(NAME, freeAddress(), first, null), Role.ADMIN);
        proxy = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), first, null), Duration.ofSeconds(60)));
        fullNode.createApi("api", "/api", upstream.port());
        fullNode.protect("api", new JsonObject());
        application = fullNode.register("alex", new JsonObject());
    }

    @AfterEach
    void stop() {
        proxy.close();
        bare.close();
        fullNode.close();
        upstream.close();
    }

    private static HazelcastInstance member(String nodeId) {
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(member ->
                        nodeId.equals(Cluster.nodeId(member.getCluster().getLocalMember())))
                .findFirst()
                .orElseThrow();
    }

    private HazelcastInstance survivor() {
        return member(fullNode.admin("GET", "/").isStatus(200).json().getString("node_id"));
    }

    /** A token whose entry is on the bare member, and whose backup is on the other. */
    private String tokenOwnedBy(HazelcastInstance owner) {
        for (int i = 0; i < 100; i++) {
            String token = proxy.clientCredentialsToken("/api", application);
            byte[] key = CredentialDigest.of(token).toBytes();
            if (owner.getPartitionService()
                    .getPartition(key)
                    .getOwner()
                    .equals(owner.getCluster().getLocalMember())) {
                return token;
            }
        }
        throw new AssertionError("the member owns nothing");
    }

    @Test
    void revokedToken_isRejected_whenABackupWithoutItsTombstoneIsPromoted() {
        HazelcastInstance dying = member(bare.nodeId());
        HazelcastInstance survivor = survivor();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> dying.getPartitionService().isClusterSafe());
        String token = tokenOwnedBy(dying);
        String valid = tokenOwnedBy(dying);
        fullNode.getWithToken("/api", token).isStatus(200);
        Backup backup = new Backup(survivor, token);
        Data before = backup.awaitValue();

        fullNode.admin("DELETE", "/oauth2_tokens/" + token).isStatus(204);
        proxy.getWithToken("/api", token).isStatus(401);
        backup.become(before);
        dying.getLifecycleService().terminate();
        // The change feed writes each tombstone once more, possibly after the backup above.
        await("state in the promoted backup").atMost(Duration.ofSeconds(30)).until(() -> {
            backup.become(before);
            return backup.entry().state() != null;
        });

        proxy.getWithToken("/api", token).isStatus(401);
        fullNode.getWithToken("/api", token).isStatus(401);
        try (Gatehouse young = Gatehouse.start(
                ClusterFixture.proxy(cluster(NAME, freeAddress(), first, null), Duration.ofSeconds(60)))) {
            young.getWithToken("/api", token).isStatus(401);
            young.getWithToken("/api", valid).isStatus(200);
        }
    }

    /** The backup of another member's entry. */
    private static final class Backup {
        private final HazelcastInstance member;
        private final byte[] digest;
        private final NodeEngineImpl engine;
        private final Data key;
        private final int partition;

        Backup(HazelcastInstance member, String token) {
            this.member = member;
            this.digest = CredentialDigest.of(token).toBytes();
            this.engine = ((HazelcastInstanceProxy) member).getOriginal().node.getNodeEngine();
            this.key = engine.toData(digest);
            this.partition = engine.getPartitionService().getPartitionId(key);
        }

        private <T> T onPartition(Function<RecordStore<?>, T> work) {
            CompletableFuture<T> done = new CompletableFuture<>();
            MapService maps = engine.getService(MapService.SERVICE_NAME);
            engine.getOperationService().execute(new PartitionSpecificRunnable() {
                @Override
                public int getPartitionId() {
                    return partition;
                }

                @Override
                public void run() {
                    try {
                        done.complete(work.apply(maps.getMapServiceContext()
                                .getRecordStore(partition, HazelcastSettings.CREDENTIALS_MAP)));
                    } catch (RuntimeException e) {
                        done.completeExceptionally(e);
                    }
                }
            });
            return done.orTimeout(30, TimeUnit.SECONDS).join();
        }

        Data awaitValue() {
            return await().atMost(Duration.ofSeconds(30))
                    .until(
                            () -> onPartition(store -> store.getRecord(key) == null
                                    ? null
                                    : (Data) store.getRecord(key).getValue()),
                            Objects::nonNull);
        }

        void become(Data value) {
            onPartition(
                    store -> store.putBackupForEntryProcessor(key, value, true, -1, -1, -1, CallerProvenance.NOT_WAN));
        }

        SharedEntry entry() {
            return Objects.requireNonNull(member.<byte[], SharedEntry>getMap(HazelcastSettings.CREDENTIALS_MAP)
                    .get(digest));
        }
    }
}
