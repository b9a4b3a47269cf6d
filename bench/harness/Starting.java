package bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How soon a node is ready, and how much memory a proxy takes that has nothing to do. */
final class Starting {
    /** After a start the JVM compiles on for a while. */
    private static final int IDLE_MILLIS = 10_000;

    private final Processes processes;
    private final Settings settings;

    private final Map<String, List<Double>> ready = new LinkedHashMap<>();
    private final Map<String, List<Double>> resident = new LinkedHashMap<>();

    Starting(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
    }

    static final String WITH_CACHE = "every role, as in the image";
    static final String WITHOUT_CACHE = "every role, no cache";
    static final String IDLE_PROXY = "a proxy, idle for ten seconds";

    Map<String, List<Double>> ready() {
        return ready;
    }

    Map<String, List<Double>> resident() {
        return resident;
    }

    /** Returns PostgreSQL's version. */
    String run() {
        Postgres postgres = Postgres.start(processes);
        Node.recordCache(processes);
        Map<String, String> database = postgres.database("start");
        // The first one makes the tables.
        Node.start(processes, settings, "first", Node.java(settings, true), "proxy,admin,token-issuer", database)
                .stop();
        for (int round = 1; round <= settings.rounds(); round++) {
            start(WITH_CACHE, Node.java(settings, true), database);
            start(WITHOUT_CACHE, Node.java(settings, false), database);
            idle(database);
        }
        return postgres.version();
    }

    private void start(String name, List<String> java, Map<String, String> database) {
        Node node = Node.start(processes, settings, "start", java, "proxy,admin,token-issuer", database);
        note(name, node);
        node.stop();
    }

    private void idle(Map<String, String> database) {
        Cluster cluster = Cluster.start(processes, settings, Node.java(settings, true), database);
        Processes.pause(IDLE_MILLIS);
        note(IDLE_PROXY, cluster.proxy());
        cluster.proxy().stop();
        cluster.control().stop();
    }

    private void note(String name, Node node) {
        double megabytes = Proc.residentMegabytes(node.pid());
        ready.computeIfAbsent(name, key -> new ArrayList<>()).add(node.readySeconds());
        resident.computeIfAbsent(name, key -> new ArrayList<>()).add(megabytes);
        System.out.println(
                String.format(Locale.ROOT, "%s: ready after %.2f s, %.0f MB", name, node.readySeconds(), megabytes));
    }

    static double median(List<Double> values) {
        List<Double> sorted = new ArrayList<>(values);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }
}
