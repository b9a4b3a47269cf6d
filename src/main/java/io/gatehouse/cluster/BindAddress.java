package io.gatehouse.cluster;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
import io.netty.util.NetUtil;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;

/** Resolves and checks {@code cluster.bind}, whose host may be a name of this machine. */
final class BindAddress {
    private BindAddress() {}

    /**
     * Returns the address of the host, to which Hazelcast compares those of the machine's interfaces. A name that does not resolve stays:
     * {@link #check} reports it. Blocks while the resolver looks the name up.
     */
    static String of(ListenAddress bind) {
        String host = bind.host();
        if (NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host)) {
            return host;
        }
        try {
            return InetAddress.getByName(host).getHostAddress();
        } catch (UnknownHostException e) {
            return host;
        }
    }

    /**
     * Reports a port that is in use, or an address without an interface, with one line. Hazelcast would log forty. Blocks.
     *
     * @throws CompletionException with a {@link ListenFailure}
     * @throws ClusterException if other nodes cannot connect to the address
     */
    static void check(ListenAddress bind) {
        try (ServerSocket listener = new ServerSocket()) {
            listener.bind(new InetSocketAddress(bind.host(), bind.port()));
            // Linux binds to each address of 127.0.0.0/8, such as the one of the machine's name in /etc/hosts of
            // Debian.
            if (NetworkInterface.getByInetAddress(listener.getInetAddress()) == null) {
                throw new ClusterException("cluster.bind is " + bind
                        + ", and no network interface of this machine has the"
                        + " address " + of(bind) + ": set cluster.bind (GATEHOUSE_CLUSTER_BIND) to one that other nodes"
                        + " connect to");
            }
        } catch (IOException e) {
            throw new CompletionException(new ListenFailure("cluster.bind", bind, e));
        }
    }
}
