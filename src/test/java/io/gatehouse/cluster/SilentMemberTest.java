package io.gatehouse.cluster;

import static io.gatehouse.cluster.ClusterFixture.cluster;
import static io.gatehouse.cluster.ClusterFixture.freeAddress;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A process that takes connections and says nothing, as one does that stands still. */
class SilentMemberTest {
    private static final int ACCEPT_MILLIS = 30_000;
    private static final Duration MOMENT = Duration.ofMillis(300);

    private final ListenAddress own = freeAddress();
    private final ListenAddress silent = freeAddress();

    /** It did: the thread that sends heartbeats to everybody else went round and round with what is for the silent one. */
    @Test
    void aSilentProcessDoesNotKeepAMemberFromSpeakingToOthers() throws IOException {
        HazelcastInstance member = Hazelcast.newHazelcastInstance(HazelcastSettings.of(
                cluster("silent-member-test", own, silent, null),
                "node",
                new Membership(EnumSet.allOf(Role.class), 1_000),
                Protocol.CURRENT));
        try (ServerSocket listener = new ServerSocket(silent.port(), 8, InetAddress.getLoopbackAddress())) {
            listener.setSoTimeout(ACCEPT_MILLIS);
            // Members look for others of their cluster all the time.
            try (Socket asked = listener.accept()) {
                assertThat(asked.getInputStream().read()).as("first byte").isNotNegative();
                await("an idle thread")
                        .pollDelay(Duration.ZERO)
                        .pollInterval(MOMENT)
                        .until(new OutputIsIdle(member.getName()));
            }
        } finally {
            member.getLifecycleService().terminate();
        }
    }

    /** Whether the threads that write to other members have done next to nothing since it was asked last. */
    private static final class OutputIsIdle implements Callable<Boolean> {
        private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        private final String name;
        private long before = -1;

        OutputIsIdle(String instance) {
            this.name = "hz." + instance + ".IO.thread-out-";
        }

        @Override
        public Boolean call() {
            long now = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith(name))
                    .mapToLong(thread -> threads.getThreadCpuTime(thread.getId()))
                    .sum();
            assertThat(now).as("time of %s*", name).isPositive();
            boolean idle = before >= 0 && now - before < MOMENT.toNanos() / 10;
            before = now;
            return idle;
        }
    }
}
