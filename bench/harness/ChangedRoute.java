package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Supplier;

/** Changes one Route among many in a cluster of a control node and two proxies, and among a hundredth as many. */
final class ChangedRoute {
    private static final int NODES = 3;
    private static final int FEWER = 100;
    private static final int POLL_MILLIS = 1;

    private final Processes processes;
    private final Settings settings;
    private final List<Others> phases = new ArrayList<>();

    ChangedRoute(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
    }

    /**
     * The figures of one number of Routes.
     *
     * @param idle latencies at the proxies without a change
     * @param held latencies at the proxies during the changes
     * @param control cost of a change there
     * @param proxy cost of a change, mean of the proxies
     */
    private record Table(
            int routes,
            List<RouteChanges.Change> changes,
            Times idle,
            Times held,
            ThreadWork.Cost control,
            ThreadWork.Cost proxy) {}

    /** Returns the part of the section about the changed Route. */
    String run(Postgres postgres) {
        Table few = measure(postgres, Math.max(1, settings.routes() / FEWER));
        return text(few, measure(postgres, settings.routes()));
    }

    /** The changes of each number of Routes. */
    List<Others> phases() {
        return phases;
    }

    private Table measure(Postgres postgres, int routes) {
        String name = "routes" + routes;
        Members members = Members.start(processes, settings, name, "admin,token-issuer", postgres.database(name));
        members.grow(NODES);
        if (routes > 1) {
            // The changed Route is created afterwards.
            StateFile.routes(processes, routes - 1).importInto(processes, members.control());
        }
        RouteChanges route = RouteChanges.create(members.control());
        List<Poller> pollers = members.proxies().stream()
                .map(node -> Poller.steady(node, POLL_MILLIS))
                .toList();
        route.timed(settings.changes(), pollers);
        pollers.forEach(Poller::takeLatencies);
        Supplier<Others> others = Others.since(processes);
        Processes.pause(RouteChanges.millis(settings.changes()));
        Times idle = latencies(pollers);
        List<RouteChanges.Change> changes = route.timed(settings.changes(), pollers);
        Times held = latencies(pollers);
        phases.add(others.get());
        pollers.forEach(Poller::close);
        List<ThreadWork.Cost> costs = costs(members, route);
        members.stop();
        Times served = RouteChanges.served(changes);
        System.out.println(String.format(
                Locale.ROOT, "%,d Routes: served by every node after %s ms, p50, p99 and longest", routes, served.cell()));
        return new Table(routes, changes, idle, held, costs.get(0), mean(costs.subList(1, costs.size())));
    }

    private static Times latencies(List<Poller> pollers) {
        return Times.of(pollers.stream()
                .flatMap(poller -> poller.takeLatencies().stream())
                .toList());
    }

    /** Returns the costs of each node, with no node polled: the control node, then the proxies. */
    private List<ThreadWork.Cost> costs(Members members, RouteChanges route) {
        List<ThreadWork> nodes = members.all().stream().map(ThreadWork::attach).toList();
        nodes.forEach(ThreadWork::read);
        List<ThreadWork.Snapshot> first = nodes.stream().map(ThreadWork::read).toList();
        Processes.pause(RouteChanges.millis(settings.changes()));
        List<ThreadWork.Snapshot> second = nodes.stream().map(ThreadWork::read).toList();
        route.paced(settings.changes());
        List<ThreadWork.Snapshot> third = nodes.stream().map(ThreadWork::read).toList();
        nodes.forEach(ThreadWork::close);
        List<ThreadWork.Cost> costs = new ArrayList<>();
        for (int i = 0; i < nodes.size(); i++) {
            costs.add(ThreadWork.Cost.of(first.get(i), second.get(i), third.get(i), settings.changes()));
        }
        return costs;
    }

    private static ThreadWork.Cost mean(List<ThreadWork.Cost> costs) {
        return new ThreadWork.Cost(
                costs.stream().mapToDouble(ThreadWork.Cost::kilobytes).average().orElseThrow(),
                costs.stream().mapToDouble(ThreadWork.Cost::loopMillis).average().orElseThrow());
    }

    private String text(Table few, Table many) {
        StringBuilder table = new StringBuilder(String.format(
                Locale.ROOT,
                "\n| p50, p99, longest (ms) | %,d Routes | %,d Routes |\n| --- | --- | --- |\n",
                few.routes(),
                many.routes()));
        row(table, "response of the change", few, many, of -> RouteChanges.answered(of.changes()).cell());
        row(table, "served by every node", few, many, of -> RouteChanges.served(of.changes()).cell());
        row(table, "a request to a proxy, without a change", few, many, of -> of.idle().cell());
        row(table, "a request to a proxy, during the changes", few, many, of -> of.held().cell());
        table.append(String.format(
                Locale.ROOT,
                "\n| a change costs | %,d Routes | %,d Routes |\n| --- | --- | --- |\n",
                few.routes(),
                many.routes()));
        row(table, "memory churn of the control node (KiB)", few, many, of -> number(of.control().kilobytes()));
        row(table, "memory churn of a proxy (KiB)", few, many, of -> number(of.proxy().kilobytes()));
        row(table, "CPU of a proxy's event loop (ms)", few, many, of -> number(of.proxy().loopMillis()));
        return String.format(
                        Locale.ROOT,
                        "\nOne Route changed %,d times in a cluster of a control node and two proxies.\n\n",
                        settings.changes())
                + Budget.table(List.of(
                        Budget.atMost(
                                "a changed Route is served by every node, p99",
                                50,
                                RouteChanges.served(many.changes()).p99(),
                                "ms"),
                        Budget.atMost(
                                "an event loop is held, upper bound", 5, many.held().longest(), "ms"),
                        Budget.atMost(
                                "memory churn of the control node, to that of a hundredth of the Routes",
                                2,
                                ratio(few, many, Table::control),
                                "×"),
                        Budget.atMost(
                                "memory churn of a proxy, to the same",
                                2,
                                ratio(few, many, Table::proxy),
                                "×")))
                + table;
    }

    private static double ratio(Table few, Table many, Function<Table, ThreadWork.Cost> cost) {
        return cost.apply(many).kilobytes() / cost.apply(few).kilobytes();
    }

    private static void row(StringBuilder table, String name, Table few, Table many, Function<Table, String> cell) {
        table.append("| " + name + " | " + cell.apply(few) + " | " + cell.apply(many) + " |\n");
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%,.2f", value);
    }
}
