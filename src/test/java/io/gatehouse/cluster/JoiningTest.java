package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static io.gatehouse.testing.Gatehouse.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.testing.FullListener;
import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Tests which nodes can join a cluster, and the errors of those that cannot. */
class JoiningTest {
    private static final MemberProfile WHOLE = new MemberProfile("node", EnumSet.allOf(Role.class), 1_000);
    private static final String SECRET = "a secret of more than thirty-two characters";

    private final List<Joined> members = new ArrayList<>();
    private final ListenAddress seed = freeAddress();

    private record Joined(Cluster cluster, Vertx vertx) {}

    @AfterEach
    void leave() {
        members.forEach(member -> {
            await(member.vertx().close());
            member.cluster().leave();
        });
    }

    private Joined join(ClusterConfig config, Protocol protocol) {
        Cluster cluster = Cluster.prepare(config, WHOLE, protocol);
        Joined joined = new Joined(cluster, await(cluster.join(Vertx.builder(), new VertxOptions())));
        members.add(joined);
        return joined;
    }

    private Joined join(ClusterConfig config) {
        return join(config, Protocol.CURRENT);
    }

    private ClusterConfig first(@Nullable String secret) {
        return cluster("joining-test", seed, seed, secret);
    }

    private ClusterConfig other(@Nullable String secret) {
        return cluster("joining-test", freeAddress(), seed, secret);
    }

    @Test
    void membersWithTheSameSecret_exchangeMessages() {
        Joined one = join(first(SECRET));
        Joined two = join(other(SECRET));
        await(one.vertx()
                .eventBus()
                .consumer("greeting", hello -> hello.reply("hello, " + hello.body()))
                .completion());

        Object reply = await(two.vertx().eventBus().request("greeting", "you")).body();

        assertThat(reply).isEqualTo("hello, you");
        assertThat(two.cluster().nodes()).hasSize(2);
    }

    /** Hazelcast compares the addresses of the machine's interfaces with the configured one, and a name equals none. */
    @Test
    void bind_mayBeANameOfThisMachine() {
        ListenAddress named = new ListenAddress("localhost", seed.port());
        Joined one = join(cluster("joining-test", named, named, SECRET));
        Joined two = join(other(SECRET));
        await(one.vertx()
                .eventBus()
                .consumer("greeting", hello -> hello.reply("hello, " + hello.body()))
                .completion());

        Object reply = await(two.vertx().eventBus().request("greeting", "you")).body();

        assertThat(reply).isEqualTo("hello, you");
        assertThat(one.cluster().nodes()).hasSize(2);
    }

    /** After a network failure, a node may still be a member although its address does not respond. */
    @Test
    void unansweredConnection_timesOutAndTheNextMessageOpensAnother() throws IOException {
        Joined one = join(first(null));
        try (FullListener full = new FullListener()) {
            HazelcastInstance member = ClusterFixture.member(other(null), "unresponsive");
            Vertx unresponsive = await(Vertx.builder()
                    .with(new VertxOptions()
                            .setEventBusOptions(new EventBusOptions()
                                    .setHost("127.0.0.1")
                                    .setClusterPublicHost("127.0.0.1")
                                    .setClusterPublicPort(full.port())))
                    .withClusterManager(new HazelcastClusterManager(member))
                    .buildClustered());
            try {
                await(unresponsive
                        .eventBus()
                        .consumer("unresponsive", received -> {})
                        .completion());

                Future<Void> written =
                        one.vertx().eventBus().sender("unresponsive").write("hello");

                assertThatThrownBy(() -> await(written.timeout(20, TimeUnit.SECONDS)))
                        .hasCauseInstanceOf(ConnectTimeoutException.class);
            } finally {
                await(unresponsive.close());
                member.getLifecycleService().terminate();
            }
        }
    }

    @Test
    void withdrawnHandler_getsNoMessagesOfOtherMembersAndStillReplies() {
        Joined leaving = join(first(null));
        Joined staying = join(other(null));
        for (Joined member : List.of(leaving, staying)) {
            await(member.vertx()
                    .eventBus()
                    .consumer("role", request -> request.reply(member.equals(leaving) ? "leaving" : "staying"))
                    .completion());
        }
        Awaitility.await().untilAsserted(() -> assertThat(replies(staying)).contains("leaving", "staying"));

        await(leaving.cluster().withdraw(List.of("role")));

        Awaitility.await().untilAsserted(() -> assertThat(replies(staying)).containsOnly("staying"));
        Object own = await(leaving.vertx().eventBus().request("role", "", new DeliveryOptions().setLocalOnly(true)))
                .body();
        assertThat(own).isEqualTo("leaving");
    }

    /** Sends ten requests in a row. */
    private static List<Object> replies(Joined member) {
        return Stream.generate(() ->
                        await(member.vertx().eventBus().request("role", "")).body())
                .limit(10)
                .toList();
    }

    @Test
    void nodeWithAnotherSecret_doesNotStartAndNamesTheReason() {
        join(first(SECRET));

        Future<Vertx> stranger = Cluster.prepare(other("another secret of more than thirty-two"), WHOLE)
                .join(Vertx.builder(), new VertxOptions());

        assertThatThrownBy(() -> await(stranger))
                .hasRootCauseInstanceOf(ClusterException.class)
                .hasMessageContaining("cluster.secret");
    }

    @Test
    void nodeOfAnUnsupportedProtocol_doesNotStart() {
        join(first(null), new Protocol(7, 6));

        Future<Vertx> older =
                Cluster.prepare(other(null), WHOLE, new Protocol(5, 1)).join(Vertx.builder(), new VertxOptions());

        assertThatThrownBy(() -> await(older))
                .hasRootCauseInstanceOf(ClusterException.class)
                .hasMessageContaining("speaks protocol 7 and this one 5");
    }

    @Test
    void compatibleProtocols_formACluster() {
        join(first(null), new Protocol(7, 6));
        Joined older = join(other(null), new Protocol(6, 6));

        assertThat(older.cluster().nodes()).hasSize(2);
    }

    @Test
    void proxy_waitsForAMemberThatHoldsData() {
        ListenAddress proxysAddress = freeAddress();
        ClusterConfig proxys = cluster("joining-test", proxysAddress, seed, null);
        Cluster proxy = Cluster.prepare(proxys, new MemberProfile("node", Set.of(Role.PROXY), 1));
        Future<Vertx> waiting = proxy.join(Vertx.builder(), new VertxOptions());

        join(cluster("joining-test", seed, proxysAddress, null));

        members.add(new Joined(proxy, await(waiting)));
        assertThat(proxy.nodes()).hasSize(2);
    }
}
