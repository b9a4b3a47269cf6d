package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Runs what {@code bench/run} was asked for; see there. */
public final class Bench {
    private final Settings settings;
    private final Processes processes;
    private final String command;
    private final Report report;

    private Bench(String mode, Processes processes) {
        this.settings = Settings.of(mode);
        this.processes = processes;
        this.command = settings.command(mode.equals("load") ? "" : mode);
        this.report = new Report(settings);
    }

    /** The modes of {@code bench/run}. */
    public static void main(String[] args) {
        int code = 0;
        try (Processes processes = new Processes(Path.of("target/bench/work"))) {
            new Bench(args[0], processes).run(args[0]);
            processes.stopAll();
            processes.deleteWork();
        } catch (RuntimeException e) {
            System.err.println("bench/run: " + e.getMessage());
            if (!(e instanceof BenchException)) {
                e.printStackTrace();
            }
            code = 1;
        }
        System.exit(code);
    }

    private void run(String mode) {
        boolean everything = mode.equals("smoke");
        if (everything || mode.equals("memory")) {
            memory();
        }
        if (everything || mode.equals("start")) {
            start();
            // Nothing idles beside the load.
            processes.stopAll();
            processes.deleteWork();
        }
        if (everything || mode.equals("jwt")) {
            jwt();
            processes.stopAll();
            processes.deleteWork();
        }
        if (everything || mode.equals("entities")) {
            entities();
            processes.stopAll();
            processes.deleteWork();
        }
        if (everything || mode.equals("nodes")) {
            nodes();
            processes.stopAll();
            processes.deleteWork();
        }
        if (mode.equals("issue")) {
            issue();
        }
        if (mode.equals("tokens")) {
            tokens();
        }
        if (mode.equals("compare")) {
            new Comparison(processes, settings).run();
        }
        if (everything || mode.equals("load")) {
            load();
        }
    }

    private void load() {
        Load load = new Load(processes, settings);
        load.run();
        String conditions = Conditions.paragraph(processes, command, Conditions.contestants(processes, load.postgresVersion()));
        if (load.isQuiet() || settings.smoke()) {
            write(load);
        }
        report.write("load", new LoadReport(load.contestants(), settings).text(conditions), load.isQuiet());
    }

    private void write(Load load) {
        try {
            Files.createDirectories(settings.out());
            Files.writeString(
                    settings.out().resolve("benchmarks.svg"),
                    Chart.of(
                            load.contestants(),
                            (settings.smoke() ? "SMOKE RUN: the figures mean nothing. " : "")
                                    + "Median of the rounds; the line goes from the smallest to the largest. "
                                    + command));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void memory() {
        CachedTokens cachedTokens = CachedTokens.measure(processes, settings);
        report.write(
                "memory",
                Conditions.paragraph(processes, command, List.of())
                        + String.format(Locale.ROOT, "\n%,d tokens, bytes of heap for each:\n\n", cachedTokens.tokens())
                        + Budget.table(List.of(
                                Budget.atMost("first level of a process", 300, cachedTokens.firstLevel(), "bytes"),
                                Budget.atMost("one copy in the shared map", 550, cachedTokens.shared(), "bytes"))),
                true);
    }

    private void jwt() {
        VerifiedJwt jwt = new VerifiedJwt(processes, settings);
        String section = jwt.run();
        report.write("jwt", Conditions.paragraph(processes, command, List.of()) + rounds() + section, jwt.isQuiet());
    }

    private void issue() {
        Issuing issuing = new Issuing(processes, settings);
        String section = issuing.run();
        String conditions =
                Conditions.paragraph(processes, command, Conditions.issuers(processes, issuing.postgresVersion()));
        report.write("issue", conditions + rounds() + section, issuing.isQuiet());
    }

    private void entities() {
        Postgres postgres = Postgres.start(processes);
        Node.recordCache(processes);
        ManyEntities entities = new ManyEntities(processes, settings);
        ChangedRoute route = new ChangedRoute(processes, settings);
        String section = entities.run(postgres) + route.run(postgres);
        List<Others> phases = new ArrayList<>(entities.phases());
        phases.addAll(route.phases());
        report.write(
                "entities",
                Conditions.paragraph(processes, command, List.of(Conditions.postgres(postgres.version()))) + section
                        + Others.text(phases),
                Others.areQuiet(phases));
    }

    private void nodes() {
        ManyNodes nodes = new ManyNodes(processes, settings);
        String section = nodes.run();
        report.write(
                "nodes",
                Conditions.paragraph(processes, command, List.of(Conditions.postgres(nodes.postgresVersion())))
                        + section,
                nodes.isQuiet());
    }

    /** Writes each part when it is measured: a part takes up to half an hour, and a later one can fail. */
    private void tokens() {
        ManyTokens memory = new ManyTokens(processes, settings);
        String section =
                Conditions.paragraph(processes, command, List.of(Conditions.postgres(memory.postgresVersion())))
                        + memory.run();
        report.write("tokens", section, true);
        processes.stopAll();
        processes.deleteWork();
        section += new DeletedTokens(processes, settings).run();
        report.write("tokens", section, true);
        processes.stopAll();
        processes.deleteWork();
        TableSize size = new TableSize(processes, settings);
        section += size.run();
        report.write("tokens", section, size.isQuiet());
    }

    private String rounds() {
        return String.format(
                Locale.ROOT,
                "\nRounds: %d of %d s each; %d connections; %d s to warm up, `-XX:MaxRAM=%s`.\n",
                settings.rounds(),
                settings.seconds(),
                settings.connections(),
                settings.warmup(),
                settings.memory());
    }

    private void start() {
        Starting starting = new Starting(processes, settings);
        String postgres = starting.run();
        StringBuilder table = new StringBuilder("| | ready (s) | RSS (MB) |\n| --- | --- | --- |\n");
        for (Map.Entry<String, List<Double>> ready : starting.ready().entrySet()) {
            table.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s |\n",
                    ready.getKey(),
                    range("%.2f", ready.getValue()),
                    range("%.0f", starting.resident().get(ready.getKey()))));
        }
        report.write(
                "start",
                Conditions.paragraph(processes, command, List.of(Conditions.postgres(postgres)))
                        + String.format(
                                Locale.ROOT,
                                "\nStarts of each: %d, `-XX:MaxRAM=%s`.\n\n",
                                settings.rounds(),
                                settings.memory())
                        + Budget.table(List.of(
                                Budget.atMost(
                                        "a node with PostgreSQL is ready",
                                        2.5,
                                        starting.ready().get(Starting.WITH_CACHE),
                                        "s"),
                                Budget.atMost(
                                        "resident memory of an idle proxy",
                                        180,
                                        starting.resident().get(Starting.IDLE_PROXY),
                                        "MB")))
                        + "\n" + table,
                true);
    }

    /** The median, the smallest and the largest. */
    static String range(String format, List<Double> values) {
        return String.format(
                Locale.ROOT,
                format + " (" + format + "–" + format + ")",
                Starting.median(values),
                values.stream().mapToDouble(Double::doubleValue).min().orElseThrow(),
                values.stream().mapToDouble(Double::doubleValue).max().orElseThrow());
    }
}
