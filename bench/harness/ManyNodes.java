package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** Changes one Route in a cluster that grows, and measures when each node serves it and what it costs all of them. */
final class ManyNodes {
    /** Polls of 20 nodes without a longer pause take the CPU that the change needs. */
    private static final int POLL_MILLIS = 4;
    /** Nodes that have started compile, and move partitions, for a while. */
    private static final int SETTLE_MILLIS = 10_000;

    private static final double MILLIS_PER_TICK = 1_000.0 / Proc.TICKS_PER_SECOND;
    private static final int PLANNED_NODES = 200;

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final List<Size> sizes = new ArrayList<>();
    private final List<Others> phases = new ArrayList<>();

    ManyNodes(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        this.postgres = Postgres.start(processes);
    }

    /**
     * The figures of one size.
     *
     * @param cpu milliseconds of all nodes for a change, in each round
     * @param idle share of a core that a node uses without a change, in each round
     */
    private record Size(int nodes, List<RouteChanges.Change> changes, List<Double> cpu, List<Double> idle) {
        Times served() {
            return RouteChanges.served(changes);
        }
    }

    String postgresVersion() {
        return postgres.version();
    }

    /** Returns the section of the report, without its conditions. */
    String run() {
        Node.recordCache(processes);
        Members members = Members.start(
                processes, settings, "nodes", "proxy,admin,token-issuer", postgres.database("nodes"));
        RouteChanges route = RouteChanges.create(members.control());
        for (int nodes : settings.nodes()) {
            members.grow(nodes);
            measure(members, route);
        }
        return text();
    }

    /** Returns whether nothing else disturbed the machine. */
    boolean isQuiet() {
        return Others.areQuiet(phases);
    }

    private void measure(Members members, RouteChanges route) {
        List<RouteChanges.Change> changes;
        try (Poller poller = Poller.untilServed(members.all(), POLL_MILLIS)) {
            route.timed(settings.changes(), List.of(poller));
        }
        Processes.pause(SETTLE_MILLIS);
        Supplier<Others> others = Others.since(processes);
        try (Poller poller = Poller.untilServed(members.all(), POLL_MILLIS)) {
            changes = route.timed(settings.changes(), List.of(poller));
        }
        int millis = RouteChanges.millis(settings.changes());
        List<Double> cpu = new ArrayList<>();
        List<Double> idle = new ArrayList<>();
        for (int round = 1; round <= settings.rounds(); round++) {
            double idleMillis = cpuMillis(members, () -> Processes.pause(millis));
            double changeMillis = cpuMillis(members, () -> route.paced(settings.changes()));
            cpu.add((changeMillis - idleMillis) / settings.changes());
            idle.add(idleMillis / millis / members.all().size());
        }
        phases.add(others.get());
        Size size = new Size(members.all().size(), changes, cpu, idle);
        sizes.add(size);
        System.out.println(String.format(
                Locale.ROOT,
                "%d nodes: served by every node after %s ms, p50, p99 and longest; %.2f ms of CPU for a change",
                size.nodes(),
                size.served().cell(),
                Starting.median(cpu)));
    }

    private static double cpuMillis(Members members, Runnable work) {
        long ticks = Proc.ticks(members.pids());
        work.run();
        return (Proc.ticks(members.pids()) - ticks) * MILLIS_PER_TICK;
    }

    private String text() {
        StringBuilder table = new StringBuilder(
                "\n| nodes | response of the change: p50, p99, longest (ms) | served by every node: p50, p99, longest (ms) "
                        + "| CPU of all nodes for a change (ms) | CPU of an idle node (% of a core) |\n"
                        + "| --- | --- | --- | --- | --- |\n");
        for (Size size : sizes) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %d | %s | %s | %s | %.2f |\n",
                    size.nodes(),
                    RouteChanges.answered(size.changes()).cell(),
                    size.served().cell(),
                    Bench.range("%.2f", size.cpu()),
                    Starting.median(size.idle()) * 100));
        }
        Size largest = sizes.get(sizes.size() - 1);
        return String.format(
                        Locale.ROOT,
                        "\nOne Route changed %,d times in a cluster of each size. CPU: %d rounds of as many changes, one each %d ms. "
                                + "`-XX:MaxRAM=%s`.\n\n",
                        settings.changes(),
                        settings.rounds(),
                        RouteChanges.INTERVAL_MILLIS,
                        settings.memory())
                + Budget.table(List.of(Budget.atMost(
                        "a changed Route is served by each of " + largest.nodes() + " nodes, p99",
                        100,
                        largest.served().p99(),
                        "ms")))
                + table
                + (sizes.size() == 1 ? "" : lines())
                + Others.text(phases);
    }

    private String lines() {
        return "\nLines through these figures, and what they give for " + PLANNED_NODES + " nodes, which nothing here has measured:\n"
                + line("CPU of a change", size -> Starting.median(size.cpu()))
                + line("served by every node, p50", size -> size.served().p50())
                + line("served by every node, p99", size -> size.served().p99())
                + "\n";
    }

    private String line(String name, ToDoubleFunction<Size> figure) {
        Line line = Line.through(
                sizes.stream().map(size -> (double) size.nodes()).toList(),
                sizes.stream().map(figure::applyAsDouble).toList());
        return String.format(Locale.ROOT, "\n- %s: %s; %.0f ms", name, line.text(), line.at(PLANNED_NODES));
    }
}
