package bench;

import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The section of {@code bench/run} without a mode. */
final class LoadReport {
    private static final double MICROS_PER_MILLI = 1_000;
    /** Microseconds of one request, of seconds for 100,000. */
    private static final double MICROS_OF_ONE = 10;
    /** A paced round that sent less than this share of what it should have measured something else. */
    private static final double KEPT_UP = 0.98;

    private final List<Contestant> contestants;
    private final Settings settings;

    LoadReport(List<Contestant> contestants, Settings settings) {
        this.contestants = contestants;
        this.settings = settings;
    }

    String text(String conditions) {
        return conditions
                + format(
                        "\nRounds: %d of %d s each; %d connections; %d s to warm up, `-XX:MaxRAM=%s`.\n",
                        settings.rounds(),
                        settings.seconds(),
                        settings.connections(),
                        settings.warmup(),
                        settings.memory())
                + "\n![CPU and throughput of each contestant](benchmarks.svg)\n\n"
                + Budget.table(budgets()) + "\n" + full() + "\n" + paced() + "\n" + others();
    }

    private List<Budget> budgets() {
        Contestant nginx = get("nginx");
        Contestant scg = get("scg");
        Contestant hot = get("hot");
        Contestant issue = get("issue");
        Contestant none = get("none");
        return List.of(
                Budget.atMost(
                        "CPU of a protected call, to nginx",
                        settings.transport().equals("io_uring") ? 1.10 : 1.30,
                        hot.full().ratios(nginx.full(), Round::cpu),
                        "×"),
                Budget.atMost("the same, to no plugin", 1.03, hot.full().ratios(none.full(), Round::cpu), "×"),
                Budget.atMost(
                        "the same with many tokens, to one",
                        1.10,
                        get("many").full().ratios(hot.full(), Round::cpu),
                        "×"),
                Budget.atMost(
                        "the same, to Spring Cloud Gateway", 0.25, hot.full().ratios(scg.full(), Round::cpu), "×"),
                Budget.atLeast(
                        "its throughput, to Spring Cloud Gateway",
                        3,
                        hot.full().ratios(scg.full(), round -> round.result().rate()),
                        "×"),
                Budget.atMost(
                        "p99 of a protected call at half load, beyond nginx at the same rate",
                        1,
                        beyond(hot.paced().all(), nginx.paced().all()),
                        "ms"),
                Budget.atMost("CPU of a token, one node", 60, issue.full().each(LoadReport::cpuMicros), "µs"),
                Budget.atMost(
                        "PostgreSQL's CPU of a token",
                        60,
                        issue.full().each(round -> round.database() * MICROS_OF_ONE),
                        "µs"),
                Budget.atMost(
                        "p99 of issuing at full load",
                        50,
                        issue.full().each(round -> round.result().p99() / MICROS_PER_MILLI),
                        "ms"));
    }

    private static double cpuMicros(Round round) {
        return round.cpu() * MICROS_OF_ONE;
    }

    /** Returns how much longer the p99 of each round is, in milliseconds. */
    private static List<Double> beyond(List<Round> rounds, List<Round> others) {
        return IntStream.range(0, rounds.size())
                .mapToObj(i -> (rounds.get(i).result().p99() - others.get(i).result().p99()) / MICROS_PER_MILLI)
                .toList();
    }

    private static double ratio(Contestant one, Contestant other, ToDoubleFunction<Rounds> figure) {
        return figure.applyAsDouble(one.full()) / figure.applyAsDouble(other.full());
    }

    private String full() {
        StringBuilder table = new StringBuilder("""
                | full load | requests/s | p50, p99 (ms) | CPU-s for 100,000 | to nginx | PostgreSQL's CPU-s | RSS (MB) |
                | --- | --- | --- | --- | --- | --- | --- |
                """);
        for (Contestant contestant : contestants) {
            Rounds rounds = contestant.full();
            table.append(format(
                    "| %s | %,.0f (%,.0f–%,.0f) | %.2f, %.2f | %.2f (%.2f–%.2f) | %s | %s | %d |\n",
                    contestant.name(),
                    rounds.rate(),
                    rounds.min(round -> round.result().rate()),
                    rounds.max(round -> round.result().rate()),
                    rounds.p50() / MICROS_PER_MILLI,
                    rounds.p99() / MICROS_PER_MILLI,
                    rounds.cpu(),
                    rounds.min(Round::cpu),
                    rounds.max(Round::cpu),
                    contestant.database().isEmpty() ? format("%.2f", ratio(contestant, get("nginx"), Rounds::cpu)) : "",
                    contestant.database().isEmpty() ? "" : format("%.2f", rounds.median(Round::database)),
                    contestant.residentMegabytes()));
        }
        return table.toString();
    }

    private String paced() {
        StringBuilder table = new StringBuilder("""
                | part of its load | requests/s due | sent | p50 (ms) | p99 (ms) | CPU-s for 100,000 | generator (% of the machine) |
                | --- | --- | --- | --- | --- | --- | --- |
                """);
        for (Contestant contestant : contestants) {
            Rounds rounds = contestant.paced();
            if (contestant.share() > 0) {
                double due = contestant.due(contestants);
                table.append(format(
                        "| %s, %.0f %% | %,.0f | %,.0f%s | %.2f (%.2f–%.2f) | %.2f (%.2f–%.2f) | %.2f | %.0f |\n",
                        contestant.paceName(),
                        contestant.share() * 100,
                        due,
                        rounds.rate(),
                        rounds.rate() < due * KEPT_UP ? " (**fell behind**)" : "",
                        rounds.p50() / MICROS_PER_MILLI,
                        rounds.min(round -> round.result().p50()) / MICROS_PER_MILLI,
                        rounds.max(round -> round.result().p50()) / MICROS_PER_MILLI,
                        rounds.p99() / MICROS_PER_MILLI,
                        rounds.min(round -> round.result().p99()) / MICROS_PER_MILLI,
                        rounds.max(round -> round.result().p99()) / MICROS_PER_MILLI,
                        rounds.cpu(),
                        rounds.median(Round::harness) * 100));
            }
        }
        return table.toString();
    }

    private String others() {
        StringBuilder table = new StringBuilder("""
                What others used meanwhile, in per cent of the machine, round by round (\\*: too much, three times in a row):

                | | others, full load | steal | others, part load | steal |
                | --- | --- | --- | --- | --- |
                """);
        for (Contestant contestant : contestants) {
            table.append(format(
                    "| %s | %s | %s | %s | %s |\n",
                    contestant.name(),
                    foreign(contestant.full()),
                    stolen(contestant.full()),
                    foreign(contestant.paced()),
                    stolen(contestant.paced())));
        }
        return table.toString();
    }

    private static String foreign(Rounds rounds) {
        return rounds.all().stream()
                .map(round -> format("%.0f%s", round.foreign() * 100, round.disturbed() ? "\\*" : ""))
                .collect(Collectors.joining(", "));
    }

    private static String stolen(Rounds rounds) {
        return rounds.all().stream()
                .map(round -> format("%.0f", round.stolen() * 100))
                .collect(Collectors.joining(", "));
    }

    private Contestant get(String key) {
        return contestants.stream()
                .filter(contestant -> contestant.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }
}
