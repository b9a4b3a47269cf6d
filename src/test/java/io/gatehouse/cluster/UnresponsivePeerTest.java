package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.config.ListenAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Tests a peer that accepts connections and sends nothing, like a paused process. */
class UnresponsivePeerTest {
    private static final int ACCEPT_MILLIS = 30_000;

    private final ListenAddress own = freeAddress();
    private final ListenAddress unresponsive = freeAddress();

    /** With Hazelcast's default port, the thread that sends heartbeats to all members would spin on the unresponsive peer. */
    @Test
    void unresponsivePeer_doesNotDelayMessagesBetweenMembers() throws IOException {
        HazelcastInstance member =
                ClusterFixture.member(cluster("unresponsive-member-test", own, unresponsive, null), "node");
        try (ServerSocket listener = new ServerSocket(unresponsive.port(), 8, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(ACCEPT_MILLIS);
            // Members look for other members periodically.
            try (Socket asked = listener.accept()) {
                assertThat(asked.getInputStream().read()).as("first byte").isNotNegative();
                await("an idle thread")
                        .pollDelay(Duration.ZERO)
                        .pollInterval(IdleThreads.MOMENT)
                        .until(new IdleThreads("hz." + member.getName() + ".IO.thread-out-"));
            }
        } finally {
            member.getLifecycleService().terminate();
        }
    }
}
