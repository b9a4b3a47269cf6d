package io.gatehouse.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Describes where a node runs.
 *
 * @param prefix the words before a command that runs there
 * @param clusterHost its address for other nodes
 * @param listen the address its listeners bind
 * @param reach the address at which the test reaches its listeners
 * @param ports of the proxy or the Admin API, of the status listener, and of the cluster
 */
record NodePlace(List<String> prefix, String clusterHost, String listen, String reach, List<Integer> ports) {
    /** Below the ephemeral ports: a client could take one of those while the node is down. */
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger(20_000 + (int) (ProcessHandle.current().pid() % 1_000) * 10);

    static NodePlace loopback() {
        return new NodePlace(
                List.of(), "127.0.0.1", "127.0.0.1", "127.0.0.1", List.of(freePort(), freePort(), freePort()));
    }

    int port(int index) {
        return ports.get(index);
    }

    static int freePort() {
        while (true) {
            int port = NEXT_PORT.getAndIncrement();
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("0.0.0.0"))) {
                return socket.getLocalPort();
            } catch (java.net.BindException taken) {
                // In use; the next one is tried.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
