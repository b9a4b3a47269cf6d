package bench;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A proxy with nothing else in its process, and the node behind it which has the database: as one runs it at scale. */
record Cluster(Node control, Node proxy) {

    static Cluster start(
            Processes processes, Settings settings, List<String> java, Map<String, String> database) {
        int controlPort = Processes.freePort();
        int proxyPort = Processes.freePort();
        Map<String, String> variables = new HashMap<>(database);
        variables.putAll(joining(controlPort, proxyPort));
        Node control = Node.start(processes, settings, "control", java, "admin,token-issuer", variables);
        return new Cluster(
                control, Node.start(processes, settings, "proxy", java, "proxy", joining(proxyPort, controlPort)));
    }

    static Map<String, String> joining(int own, int other) {
        return Map.of(
                "GATEHOUSE_CLUSTER_ENABLED",
                "true",
                "GATEHOUSE_CLUSTER_BIND",
                "127.0.0.1:" + own,
                "GATEHOUSE_CLUSTER_MEMBERS",
                "127.0.0.1:" + other);
    }
}
