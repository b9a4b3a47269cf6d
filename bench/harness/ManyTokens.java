package bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** Measures the resident memory of nodes after many tokens, and which tokens a node accepts while PostgreSQL is stopped. */
final class ManyTokens {
    private static final int OK = 200;
    private static final int LIMIT_OF_ALL_ROLES = 512;
    private static final int LIMIT_OF_PROXY = 300;
    private static final int LIMIT_OF_IDLE_PROXY = 180;
    /** After a start the JVM compiles on for a while. */
    private static final int IDLE_MILLIS = 10_000;
    /** In the first 10 s of an outage a node still accepts what only its process has cached. */
    private static final int STOPPED_MILLIS = 15_000;
    /** Requests of one run of the generator, whose patience is for a few minutes. */
    private static final int AT_ONCE = 10_000;

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final StringBuilder table = new StringBuilder("| resident memory | MiB | responses |\n| --- | --- | --- |\n");

    ManyTokens(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        this.postgres = Postgres.start(processes);
    }

    String postgresVersion() {
        return postgres.version();
    }

    /** Returns this part of the report. PostgreSQL is stopped afterwards. */
    String run() {
        Node.recordCache(processes);
        String upstream = Nginx.upstream(processes).address();
        List<Budget> budgets = new ArrayList<>(proxy(upstream));
        budgets.addAll(0, allRoles(upstream));
        return String.format(
                        Locale.ROOT,
                        "\nMemory after %,d live tokens, each used once, `-XX:MaxRAM=%s`:\n\n",
                        settings.cachedTokens(),
                        settings.memory())
                + Budget.table(budgets) + "\n" + table;
    }

    private List<Budget> proxy(String upstream) {
        Cluster cluster = Cluster.start(processes, settings, Node.java(settings, true), postgres.database("apart"));
        Node proxy = cluster.proxy();
        Processes.pause(IDLE_MILLIS);
        double idle = note("a proxy alone, idle", proxy, "");
        Load.configure(cluster.control(), upstream);
        StoredTokens tokens = new StoredTokens(0, settings.cachedTokens());
        tokens.insert(postgres, "apart", false);
        Map<Integer, Long> used = use(proxy, tokens.texts(), tokens.count());
        double after = note("a proxy alone, after each token was used", proxy, text(used));
        cluster.proxy().stop();
        cluster.control().stop();
        return List.of(
                Budget.atMost("a proxy alone, after the tokens", LIMIT_OF_PROXY, after, "MiB"),
                Budget.atMost("a proxy alone, idle", LIMIT_OF_IDLE_PROXY, idle, "MiB"));
    }

    private List<Budget> allRoles(String upstream) {
        Node node = Node.start(
                processes,
                settings,
                "whole",
                Node.java(settings, true),
                "proxy,admin,token-issuer",
                postgres.database("whole"));
        Processes.pause(IDLE_MILLIS);
        note("every role, idle", node, "");
        Load.configure(node, upstream);
        List<String> tokens = new ArrayList<>();
        Map<Integer, Long> issued = issue(node, tokens);
        double afterIssuing = note("every role, after the tokens were issued", node, text(issued));
        Map<Integer, Long> used = use(node, place -> tokens.get((int) place), tokens.size());
        double afterUse = note("every role, after each token was used", node, text(used));
        postgres.crash(processes);
        Processes.pause(STOPPED_MILLIS);
        Map<Integer, Long> usedAlone = use(node, place -> tokens.get((int) place), tokens.size());
        double afterOutage =
                note("every role, PostgreSQL stopped, after each token was used again", node, text(usedAlone));
        node.stop();
        return List.of(
                Budget.atMost(
                        "a node with every role, the most of three readings",
                        LIMIT_OF_ALL_ROLES,
                        Math.max(Math.max(afterIssuing, afterUse), afterOutage),
                        "MiB"),
                Budget.atLeast(
                        "its responses 200 with PostgreSQL stopped",
                        settings.cachedTokens(),
                        List.of((double) usedAlone.getOrDefault(OK, 0L)),
                        "tokens"));
    }

    private double note(String when, Node node, String responses) {
        double mebibytes = Proc.residentMegabytes(node.pid());
        table.append(String.format(Locale.ROOT, "| %s | %.0f | %s |\n", when, mebibytes, responses));
        System.out.println(String.format(Locale.ROOT, "%s: %.0f MiB %s", when, mebibytes, responses));
        return mebibytes;
    }

    private Map<Integer, Long> issue(Node node, List<String> tokens) {
        Target target = Target.form(node.tlsUrl("/protected/oauth2/token"), Load.CLIENT);
        Map<Integer, Long> all = new TreeMap<>();
        for (int sent = 0; sent < settings.cachedTokens(); sent += AT_ONCE) {
            new Generator(target, settings.connections())
                    .statuses(
                            Math.min(AT_ONCE, settings.cachedTokens() - sent), body -> Load.addToken(body, tokens))
                    .forEach((status, count) -> all.merge(status, count, Long::sum));
        }
        return all;
    }

    /** Uses each token once, and returns how many responses have each status. Those that are not sent in time are none. */
    private Map<Integer, Long> use(Node node, LongFunction<String> tokens, int count) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        Map<Integer, Long> all = new TreeMap<>();
        for (int sent = 0; sent < count && System.nanoTime() < end; sent += AT_ONCE) {
            long first = sent;
            Target target = Target.given(node.url("/protected"), number -> tokens.apply(first + number), OK);
            new Generator(target, settings.connections())
                    .statuses(Math.min(AT_ONCE, count - sent), body -> {})
                    .forEach((status, responses) -> all.merge(status, responses, Long::sum));
        }
        return all;
    }

    /** Returns the number of responses with each status. */
    static String text(Map<Integer, Long> statuses) {
        return statuses.entrySet().stream()
                .map(status -> String.format(Locale.ROOT, "%d: %,d", status.getKey(), status.getValue()))
                .collect(Collectors.joining(", "));
    }
}
