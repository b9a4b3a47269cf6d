package bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Compares the CPU time of this checkout and of another one, for a protected call and for an issued token.
 *
 * <p>Why pairs: the speed of a machine changes from minute to minute, so only neighbouring turns are comparable. Why new
 * processes in each pair: the compiler of the JVM decides differently from start to start, which changes the CPU of a call by
 * some percent. Why several turns within a pair: a full collection takes up to a third of the CPU of the turn that it falls into.
 * The order alternates. The result is the median of the ratios of the pairs.
 */
final class Comparison {
    private static final Runnable NOTHING = () -> {};
    /** Turns of each node within a pair. */
    private static final int TURNS = 4;

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final String upstream;
    private final Map<String, Pairs> kinds = new LinkedHashMap<>();

    /** The pairs of one kind of request: seconds of CPU for 100,000 requests, and their ratios. */
    private record Pairs(List<Double> base, List<Double> here, List<Double> ratios) {
        Pairs() {
            this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        }
    }

    Comparison(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        this.postgres = Postgres.start(processes);
        this.upstream = Nginx.upstream(processes).address();
    }

    /** Measures both and prints each pair, then a row for each kind of request. */
    void run() {
        Path jar = Path.of(settings.base()).resolve("target/gatehouse.jar").toAbsolutePath();
        if (settings.base().isEmpty() || !Files.exists(jar)) {
            throw new BenchException("BASE must name the checkout to compare with, and target/gatehouse.jar be built there");
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            Node base = start("base" + round, Node.java(settings, jar));
            Node here = start("here" + round, Node.java(settings, false));
            List<Contestant> ofBase = contestants(base);
            List<Contestant> ofHere = contestants(here);
            for (int kind = 0; kind < ofBase.size(); kind++) {
                compare(round, ofBase.get(kind), ofHere.get(kind));
            }
            base.stop();
            here.stop();
        }
        say("| microseconds of CPU | base | here | median of ratios | smallest | largest |");
        say("| --- | --- | --- | --- | --- | --- |");
        kinds.forEach((name, pairs) -> say(
                "| %s | %.1f | %.1f | %.3f | %.3f | %.3f |",
                name,
                microseconds(Starting.median(pairs.base())),
                microseconds(Starting.median(pairs.here())),
                Starting.median(pairs.ratios()),
                pairs.ratios().stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                pairs.ratios().stream().mapToDouble(Double::doubleValue).max().orElseThrow()));
    }

    private Node start(String name, List<String> java) {
        Node node = Node.start(processes, settings, name, java, "proxy,admin,token-issuer", postgres.database(name));
        Load.configure(node, upstream);
        return node;
    }

    private List<Contestant> contestants(Node node) {
        Target token = Target.form(node.tlsUrl("/protected/oauth2/token"), Load.CLIENT);
        Target call = Target.get(node.url("/protected"), Load.issue(node, 1, 1), "");
        List<Long> pids = List.of(node.pid());
        return List.of(
                new Contestant("call", "protected call", call, pids, List.of(), NOTHING, 0),
                new Contestant("token", "token", token, pids, List.of(), NOTHING, 0));
    }

    private void compare(int round, Contestant base, Contestant here) {
        for (Contestant contestant : List.of(base, here)) {
            new Generator(contestant.target(), settings.connections()).send(settings.connections() * 50L, body -> {});
            load(contestant, settings.warmup());
        }
        for (int turn = 0; turn < TURNS; turn++) {
            List<Contestant> order = (round + turn) % 2 == 1 ? List.of(base, here) : List.of(here, base);
            order.forEach(contestant -> contestant
                    .full()
                    .add(Round.measure(processes, contestant, () -> load(contestant, settings.seconds()))));
        }
        double cpuOfBase = base.full().cpuOfAll();
        double cpuOfHere = here.full().cpuOfAll();
        double ratio = cpuOfHere / cpuOfBase;
        say(
                "round %d of %d: %s: base %.1f us, here %.1f us, ratio %.3f%s",
                round,
                settings.rounds(),
                here.name(),
                microseconds(cpuOfBase),
                microseconds(cpuOfHere),
                ratio,
                base.full().disturbed() + here.full().disturbed() > 0 ? ", disturbed" : "");
        Pairs pairs = kinds.computeIfAbsent(here.name(), name -> new Pairs());
        pairs.base().add(cpuOfBase);
        pairs.here().add(cpuOfHere);
        pairs.ratios().add(ratio);
    }

    private Result load(Contestant contestant, int seconds) {
        return Wrk.run(processes, contestant.target(), settings.connections(), seconds);
    }

    /** Converts seconds for 100,000 requests to microseconds for one. */
    private static double microseconds(double seconds) {
        return seconds * 10;
    }

    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
