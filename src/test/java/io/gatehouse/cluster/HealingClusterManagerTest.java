package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.hazelcast.cluster.Cluster;
import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.config.ListenAddress;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.spi.cluster.NodeListener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tests that a cluster has every registration again after a paused or partitioned member removed some. */
class HealingClusterManagerTest {
    private final ListenAddress seed = freeAddress();
    private Node asking;
    private Node listening;

    private record Node(HazelcastInstance member, HealingClusterManager manager, Vertx vertx) {
        static Node start(ListenAddress bind, ListenAddress seed, String name) {
            HazelcastInstance member = ClusterFixture.member(cluster("healing-test", bind, seed, null), name);
            HealingClusterManager manager = new HealingClusterManager(member);
            Vertx vertx = await(Vertx.builder()
                    .with(new VertxOptions()
                            .setEventBusOptions(
                                    new EventBusOptions().setHost("127.0.0.1").setClusterPublicHost("127.0.0.1")))
                    .withClusterManager(manager)
                    .buildClustered());
            manager.watch(vertx);
            return new Node(member, manager, vertx);
        }

        void stop() {
            await(vertx.close());
            member.getLifecycleService().terminate();
        }
    }

    @BeforeEach
    void start() {
        asking = Node.start(seed, seed, "asking");
        listening = Node.start(freeAddress(), seed, "listening");
        await(listening
                .vertx()
                .eventBus()
                .consumer("greeting", hello -> hello.reply("hello"))
                .completion());
        assertThat(isAnswered()).isTrue();
    }

    @AfterEach
    void stop() {
        listening.stop();
        asking.stop();
    }

    private boolean isAnswered() {
        return asking.vertx()
                .eventBus()
                .request("greeting", "you")
                .map(true)
                .otherwise(false)
                .toCompletionStage()
                .toCompletableFuture()
                .join();
    }

    @Test
    void lostRegistration_isAddedAgain() {
        asking.member().getMultiMap("__vertx.subs").clear();
        await().until(this::isAnswered);
    }

    @Test
    void aNodeThatHasLeft_checksNothing() {
        await(listening.vertx().close());
        assertThatCode(listening.manager()::check).doesNotThrowAnyException();
    }

    @Test
    void lostNodeInfo_isAddedAgain() {
        asking.member().getMap("__vertx.nodeInfo").clear();
        await().until(() -> asking.member().getMap("__vertx.nodeInfo").containsKey("listening"));
    }

    /** A node that was paused acts on departures of members that have joined again since. */
    @Test
    void registrationsOfALiveMember_areNotRemoved() {
        List<String> events = new CopyOnWriteArrayList<>();
        asking.manager().nodeListener(new NodeListener() {
            @Override
            public void nodeAdded(String node) {
                events.add(node + " joined");
            }

            @Override
            public void nodeLeft(String node) {
                events.add(node + " left");
            }
        });
        Member member = listening.member().getCluster().getLocalMember();
        asking.manager().memberRemoved(event(member, MembershipEvent.MEMBER_REMOVED));
        asking.manager().memberAdded(event(member, MembershipEvent.MEMBER_ADDED));
        await().until(() -> !events.isEmpty());
        assertThat(events).containsExactly("listening joined");
    }

    private MembershipEvent event(Member member, int type) {
        Cluster cluster = asking.member().getCluster();
        return new MembershipEvent(cluster, member, type, cluster.getMembers());
    }
}
