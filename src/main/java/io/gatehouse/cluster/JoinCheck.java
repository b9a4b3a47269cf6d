package io.gatehouse.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.cluster.port.MemberPort;
import io.gatehouse.config.ClusterConfig;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a node that is to join others has: a member that may not come in forms a cluster of its own, which would go on
 * unnoticed.
 */
final class JoinCheck {
    private static final Logger LOG = LoggerFactory.getLogger(JoinCheck.class);
    private static final int CONNECT_MILLIS = 1_000;
    private static final int DEFAULT_PORT = 5_701;
    /** Nodes that start at the same moment find each other within this. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final long POLL_MILLIS = 200;

    private JoinCheck() {}

    /** Throws a {@link ClusterException} when members that are named answer and yet this node is alone. */
    static void check(ClusterConfig config, HazelcastInstance member, MemberPort port) {
        long timeOut = System.nanoTime() + PATIENCE.toNanos();
        List<String> answering = answering(config);
        while (isAlone(member) && !answering.isEmpty()) {
            if (System.nanoTime() - timeOut > 0) {
                String reason = port.lastRefusal();
                throw new ClusterException("this node does not form a cluster with the member at " + answering.get(0)
                        + ": "
                        + (reason == null ? "cluster.name and cluster.secret must be the same on all nodes" : reason));
            }
            pause();
            answering = answering(config);
        }
        if (isAlone(member)
                && (config.kubernetesService() != null || config.members().size() > 1)) {
            LOG.warn("no other node of cluster {} was found: this one waits for others to join it", config.name());
        }
    }

    private static boolean isAlone(HazelcastInstance member) {
        return member.getCluster().getMembers().size() == 1;
    }

    private static List<String> answering(ClusterConfig config) {
        return candidates(config).stream()
                .filter(address -> !address.equals(config.bind().toString()))
                .filter(JoinCheck::answers)
                .toList();
    }

    private static List<String> candidates(ClusterConfig config) {
        String service = config.kubernetesService();
        if (service == null) {
            return config.members();
        }
        try {
            return Arrays.stream(InetAddress.getAllByName(service))
                    .map(address ->
                            address.getHostAddress() + ":" + config.bind().port())
                    .toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    private static boolean answers(String address) {
        HostAndPort member = HostAndPort.parseAuthority(address, DEFAULT_PORT);
        if (member == null) {
            return false;
        }
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(member.host(), member.port()), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(POLL_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ClusterException("stopped while joining", e);
        }
    }
}
