package io.gatehouse.cluster.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.testing.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tests the member port between members: compatible ones, and those that cannot form a cluster. */
class MemberPortTest extends MemberPortFixture {
    @Test
    void twoMembersWithOneKey_formACluster() {
        HazelcastInstance one = start();
        HazelcastInstance other = start(MemberPort.guardedBy(identity), FreePort.next(), port);

        assertThat(one.getCluster().getMembers()).hasSize(2);
        // Many records in both directions.
        byte[] large = new byte[1_000_000];
        Arrays.fill(large, (byte) 7);
        for (int key = 0; key < 20; key++) {
            other.getMap("large").set(key, large);
        }
        for (int key = 0; key < 20; key++) {
            assertThat((byte[]) one.getMap("large").get(key)).isEqualTo(large);
        }
    }

    @Test
    void memberWithAnotherKey_isNamedByBothMembers() {
        start();
        MemberPort stranger = MemberPort.guardedBy(identity("another secret of more than thirty-two"));
        HazelcastInstance alone = start(stranger, FreePort.next(), port);

        assertThat(alone.getCluster().getMembers()).hasSize(1);
        assertThat(stranger.lastRefusal()).isEqualTo(Reasons.OTHER_KEY);
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged())
                        .contains("refused member at 127.0.0.1: " + Reasons.REFUSED)
                        .anyMatch(
                                line -> line.equals("refused member at 127.0.0.1:" + port + ": " + Reasons.OTHER_KEY)));
    }

    @Test
    void memberOfAnotherMinorVersion_isNamedByBothMembers() {
        start();
        MemberPort older = MemberPort.guardedBy(identity, new Introduction(1, "5.3.8"));
        HazelcastInstance alone = start(older, FreePort.next(), port);

        assertThat(alone.getCluster().getMembers()).hasSize(1);
        assertThat(older.lastRefusal()).startsWith("it runs Hazelcast 5.7.0 and this node 5.3.8");
        await().atMost(LONG)
                .untilAsserted(() -> assertThat(logged())
                        .anyMatch(line -> line.startsWith(
                                "refused member at 127.0.0.1: it runs Hazelcast 5.3.8 and this node 5.7.0")));
    }

    @Test
    void memberThatDoesNotAuthenticate_isNamedByThePeerThatConnects() throws IOException {
        try (ServerSocket older = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            older.setSoTimeout(ACCEPT_MILLIS);
            Thread replying = new Thread(() -> {
                try (Socket socket = older.accept()) {
                    socket.getInputStream().readNBytes(3);
                    socket.getOutputStream().write("HZX".getBytes(StandardCharsets.US_ASCII));
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            replying.start();
            start(MemberPort.guardedBy(identity), port, older.getLocalPort());
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(logged())
                            .contains("refused member at 127.0.0.1:" + older.getLocalPort() + ": " + Reasons.STRANGER));
        }
    }

    @Test
    void nodeWithoutACluster_opensNoPort() throws IOException {
        List<String> before = Listeners.ofThisProcess();
        HazelcastInstance member = start(MemberPort.closed(), 0, null);

        assertThat(member.getCluster().getMembers()).hasSize(1);
        member.getMap("map").set("key", "value");
        assertThat(member.getMap("map").get("key")).isEqualTo("value");
        assertThat(Listeners.ofThisProcess()).isSubsetOf(before);
    }
}
