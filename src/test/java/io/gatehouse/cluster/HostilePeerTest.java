package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.gatehouse.cluster.HostilePeer.Gadget;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks the member port from a process without the cluster's key. No attack has an effect. */
class HostilePeerTest {
    private static final String SECRET = "a secret of more than thirty-two characters";
    private static final int CONNECTIONS = 5;
    private static final int HALF_OPEN = 1_000;
    /** More than the member accepts without authentication, including connections that are being closed. */
    private static final int MOST_OPEN = 100;

    private final ListenAddress address = freeAddress();
    private final List<HazelcastInstance> members = new ArrayList<>();
    private final List<Socket> sockets = new ArrayList<>();

    private HazelcastInstance start(@Nullable String secret) {
        return member(cluster("hostile-peer-test", address, address, secret), "attacked");
    }

    private HazelcastInstance member(ClusterConfig config, String node) {
        HazelcastInstance member = ClusterFixture.member(config, node);
        members.add(member);
        return member;
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        members.forEach(member -> member.getLifecycleService().terminate());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), address.port());
        sockets.add(socket);
        return socket;
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = SECRET)
    void nestedCollections_keepNoThreadBusy(@Nullable String secret) throws IOException {
        HazelcastInstance attacked = start(secret);

        for (int i = 0; i < CONNECTIONS; i++) {
            HostilePeer.sendOperations(connect(), HostilePeer.nestedSets());
        }

        assertThatTheClusterWorks(attacked, secret);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = SECRET)
    void gadgetClasses_areNotDeserialized(@Nullable String secret) throws IOException {
        HazelcastInstance attacked = start(secret);
        Gadget.READ.set(0);
        Socket socket = connect();

        HostilePeer.sendOperations(socket, new Gadget());

        assertThat(HostilePeer.isClosed(socket)).isTrue();
        assertThatTheClusterWorks(attacked, secret);
        assertThat(Gadget.READ).hasValue(0);
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = SECRET)
    void halfAHeader_isClosedAtTheDeadline(@Nullable String secret) throws IOException {
        HazelcastInstance attacked = start(secret);
        List<byte[]> starts =
                List.of(new byte[] {'H', 'Z'}, new byte[] {'C'}, new byte[] {22}, new byte[] {22, 3, 1, 1, 0, 1, 0});
        List<Socket> waiting = new ArrayList<>();
        for (byte[] start : starts) {
            Socket socket = connect();
            socket.getOutputStream().write(start);
            waiting.add(socket);
        }

        assertThat(waiting).allMatch(HostilePeer::isClosed);
        assertThatTheClusterWorks(attacked, secret);
    }

    @ParameterizedTest
    @ValueSource(strings = SECRET)
    void connectionsThatSendNothing_doNotKeepAMemberOut(String secret) throws IOException {
        HazelcastInstance attacked = start(secret);
        for (int i = 0; i < HALF_OPEN; i++) {
            connect();
        }

        await().atMost(Duration.ofSeconds(60))
                .until(() -> sockets.stream().filter(HostilePeer::isOpen).count() <= MOST_OPEN);
        assertThatTheClusterWorks(attacked, secret);
    }

    /** Adds a member. Both members read each other's entries, and the I/O threads are idle after that. */
    private void assertThatTheClusterWorks(HazelcastInstance attacked, @Nullable String secret) {
        HazelcastInstance other = member(cluster("hostile-peer-test", freeAddress(), address, secret), "other");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> attacked.getCluster().getMembers().size() == 2);
        for (int key = 0; key < 100; key++) {
            put(key % 2 == 0 ? attacked : other, key);
        }
        for (int key = 0; key < 100; key++) {
            assertThat(tokens(key % 2 == 0 ? other : attacked).get(key)).isEqualTo(SharedEntry.TOMBSTONE);
        }
        await("idle threads")
                .atMost(Duration.ofSeconds(60))
                .pollDelay(Duration.ZERO)
                .pollInterval(IdleThreads.MOMENT)
                .until(new IdleThreads("hz." + attacked.getName() + "."));
    }

    private static void put(HazelcastInstance member, int key) {
        assertThat(tokens(member)
                        .setAsync(key, SharedEntry.TOMBSTONE, 60, TimeUnit.SECONDS)
                        .toCompletableFuture())
                .succeedsWithin(Duration.ofSeconds(30));
    }

    private static IMap<Integer, SharedEntry> tokens(HazelcastInstance member) {
        return member.getMap(HazelcastSettings.CREDENTIALS_MAP);
    }
}
