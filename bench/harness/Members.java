package bench;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A cluster of one control node with the database, and of proxies that join it. */
final class Members {
    /** Nodes that start at the same time. More would exceed their deadline on a machine of two cores. */
    private static final int AT_ONCE = 4;

    private final Processes processes;
    private final Settings settings;
    private final String name;
    private final int controlPort = Processes.freePort();
    private final List<Node> all = new ArrayList<>();

    private Members(Processes processes, Settings settings, String name) {
        this.processes = processes;
        this.settings = settings;
        this.name = name;
    }

    /** Starts the control node. It has no address of another member: those of the proxies are not known yet. */
    static Members start(
            Processes processes, Settings settings, String name, String roles, Map<String, String> database) {
        Members members = new Members(processes, settings, name);
        Map<String, String> variables = new HashMap<>(database);
        variables.putAll(Cluster.joining(members.controlPort, members.controlPort));
        members.all.add(
                Node.start(processes, settings, name + "-control", Node.java(settings, true), roles, variables));
        return members;
    }

    /** Starts proxies until the cluster has that size, and waits until each is ready. */
    void grow(int size) {
        while (all.size() < size) {
            List<CompletableFuture<Node>> starting = new ArrayList<>();
            for (int i = all.size(); i < Math.min(size, all.size() + AT_ONCE); i++) {
                int number = i;
                starting.add(CompletableFuture.supplyAsync(
                        () -> proxy(number), task -> new Thread(task, "start-" + number).start()));
            }
            try {
                starting.forEach(node -> all.add(node.join()));
            } catch (CompletionException e) {
                throw e.getCause() instanceof BenchException failure ? failure : e;
            }
        }
    }

    private Node proxy(int number) {
        return Node.start(
                processes,
                settings,
                name + "-proxy-" + number,
                Node.java(settings, true),
                "proxy",
                Cluster.joining(Processes.freePort(), controlPort));
    }

    List<Node> all() {
        return List.copyOf(all);
    }

    Node control() {
        return all.get(0);
    }

    List<Node> proxies() {
        return List.copyOf(all.subList(1, all.size()));
    }

    List<Long> pids() {
        return all.stream().map(Node::pid).toList();
    }

    void stop() {
        proxies().forEach(Node::stop);
        control().stop();
    }
}
