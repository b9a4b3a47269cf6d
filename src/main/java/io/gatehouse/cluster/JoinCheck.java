package io.gatehouse.cluster;

import com.hazelcast.core.HazelcastInstance;
import io.gatehouse.cluster.port.MemberPort;
import io.gatehouse.config.ClusterConfig;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.config.ListenAddress;
import io.vertx.core.net.HostAndPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks that a node has joined the members it is configured to join. A member that is not admitted forms a cluster of its own,
 * which would remain unnoticed.
 */
final class JoinCheck {
    private static final Logger LOG = LoggerFactory.getLogger(JoinCheck.class);
    private static final int CONNECT_MILLIS = 1_000;
    private static final int DEFAULT_PORT = 5_701;
    /** How often the configured addresses are tried while this node is alone. */
    private static final Duration PROBE_PERIOD = Duration.ofMillis(200);

    private JoinCheck() {}

    /** Throws a {@link ClusterException} if this node stays alone although configured members accept connections. */
    static void check(ClusterConfig config, HazelcastInstance member, MemberPort port) {
        long deadline = System.nanoTime() + ClusterTimings.DISCOVERY_TIMEOUT.toNanos();
        try (MemberWait joined = new MemberWait(member, hazelcast -> !isAlone(hazelcast))) {
            List<String> reachable = reachable(config);
            while (!reachable.isEmpty() && !joined.await(PROBE_PERIOD)) {
                if (System.nanoTime() - deadline > 0) {
                    throw notAdmitted(reachable.get(0), port.lastRefusal());
                }
                reachable = reachable(config);
            }
        }
        if (isAlone(member)
                && (config.kubernetesService() != null || config.members().size() > 1)) {
            LOG.warn("No other member was found; waiting for other nodes to join, cluster={}", config.name());
        }
    }

    private static ClusterException notAdmitted(String address, @Nullable String reason) {
        return new ClusterException("this node does not form a cluster with the member at " + address + ": "
                + (reason == null ? "cluster.name and cluster.secret must be the same on all nodes" : reason));
    }

    private static boolean isAlone(HazelcastInstance member) {
        return member.getCluster().getMembers().size() == 1;
    }

    private static List<String> reachable(ClusterConfig config) {
        return candidates(config).stream().filter(JoinCheck::isReachable).toList();
    }

    /** Returns the addresses of the other members. All nodes may have the same list, which also names this one. */
    static List<String> candidates(ClusterConfig config) {
        String service = config.kubernetesService();
        if (service == null) {
            return config.members().stream()
                    .flatMap(address -> others(address, config.bind()))
                    .toList();
        }
        try {
            return others(InetAddress.getAllByName(service), config.bind()).toList();
        } catch (UnknownHostException e) {
            return List.of();
        }
    }

    /** Returns the address of a member, without this node's own. Its host may be a name of this node. */
    private static Stream<String> others(String address, ListenAddress bind) {
        HostAndPort member = HostAndPort.parseAuthority(address, DEFAULT_PORT);
        if (member == null || member.port() != bind.port()) {
            return Stream.of(address);
        }
        try {
            InetAddress[] addresses = InetAddress.getAllByName(member.host());
            InetAddress own = InetAddress.getByName(bind.host());
            // The name of another member stays as it is, for the error that names it.
            return Arrays.asList(addresses).contains(own) ? others(addresses, bind) : Stream.of(address);
        } catch (UnknownHostException e) {
            return Stream.of(address);
        }
    }

    /** Compares addresses and not their texts, because an IPv6 address has several. */
    private static Stream<String> others(InetAddress[] addresses, ListenAddress bind) throws UnknownHostException {
        InetAddress own = InetAddress.getByName(bind.host());
        return Arrays.stream(addresses)
                .filter(address -> !address.equals(own))
                .map(address -> new ListenAddress(address.getHostAddress(), bind.port()).toString());
    }

    private static boolean isReachable(String address) {
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
}
