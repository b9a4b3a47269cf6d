package io.gatehouse.faults;

import io.gatehouse.testing.FreePort;
import java.util.List;

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
    static NodePlace loopback() {
        return new NodePlace(
                List.of(),
                "127.0.0.1",
                "127.0.0.1",
                "127.0.0.1",
                List.of(FreePort.next(), FreePort.next(), FreePort.next()));
    }

    int port(int index) {
        return ports.get(index);
    }
}
