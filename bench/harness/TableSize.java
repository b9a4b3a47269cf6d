package bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Compares the cost of operations in a large table of tokens with their cost in a small one, and measures the removal of expired rows.
 *
 * <p>Why at a constant rate: a batch of many requests costs less for each, and the rate decides the size of the batches. Why few
 * connections: each round opens its own, and their handshakes are part of its cost.
 */
final class TableSize {
    private static final Runnable NOTHING = () -> {};
    private static final double LIMIT = 1.2;
    private static final int SMALL = 10_000;
    private static final int MOST_EXPIRED = 600_000;
    private static final int LEAST_PER_SECOND = 10_000;
    private static final int CONNECTIONS = 8;
    private static final double MICROS_PER_MILLI = 1_000;

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final List<Operation> operations = new ArrayList<>();

    /** An operation in both tables, at {@code rate} a second. */
    private record Operation(String name, int rate, Contestant small, Contestant large) {}

    TableSize(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        // A quarter of the machine's memory, as the PostgreSQL documentation recommends: the default is for no table of this size.
        this.postgres = Postgres.start(
                processes,
                Map.of("shared_buffers", Conditions.memoryGigabytes() * 256 + "MB", "max_wal_size", "4GB"));
    }

    /** Returns this part of the report. */
    String run() {
        Node.recordCache(processes);
        TokenTable small =
                TokenTable.create(processes, settings, postgres, "small", Math.min(SMALL, settings.tableTokens()));
        TokenTable large = TokenTable.create(processes, settings, postgres, "large", settings.tableTokens());
        // Issuing is last, because it lets the small table grow.
        compare("look-up of an unknown token", 2_000, small, large, TokenTable::unknown, 0);
        compare("bulk revocation of ten tokens", 100, small, large, TokenTable::revoke, 100);
        compare("issuing", 1_000, small, large, TokenTable::issue, 0);
        int expired = Math.min(MOST_EXPIRED, settings.tableTokens());
        double perSecond = new Sweep(postgres, large, expired).perSecond();
        return text(small, large, expired, perSecond);
    }

    /** {@code refills}: applications that need tokens for each second of a round. */
    private void compare(
            String name,
            int rate,
            TokenTable small,
            TokenTable large,
            Function<TokenTable, Target> target,
            int refills) {
        Operation operation =
                new Operation(name, rate, contestant(small, target, refills), contestant(large, target, refills));
        operations.add(operation);
        List<Contestant> both = List.of(operation.small(), operation.large());
        for (Contestant contestant : both) {
            contestant.before().run();
            load(contestant, rate, settings.warmup());
        }
        for (int round = 1; round <= settings.rounds(); round++) {
            for (int i = 0; i < both.size(); i++) {
                Contestant next = both.get((i + round) % both.size());
                next.paced().add(Round.measure(processes, next, () -> load(next, rate, settings.seconds())));
            }
        }
        System.out.print(row(operation, operation.small()) + row(operation, operation.large()));
    }

    private Contestant contestant(TokenTable table, Function<TokenTable, Target> target, int refills) {
        return new Contestant(
                table.database(),
                String.format(Locale.ROOT, "%,d", table.tokens()),
                target.apply(table),
                List.of(table.node().pid()),
                List.of(postgres.pid()),
                refills == 0 ? NOTHING : () -> table.refill(refills * settings.seconds()),
                0);
    }

    private static Result load(Contestant contestant, int rate, int seconds) {
        return new Generator(contestant.target(), CONNECTIONS).paced(rate, seconds);
    }

    /** Returns whether nothing else disturbed the machine. */
    boolean isQuiet() {
        return operations.stream()
                .allMatch(operation ->
                        operation.small().paced().areQuiet() && operation.large().paced().areQuiet());
    }

    private static void add(
            List<Budget> budgets, Operation operation, String figure, ToDoubleFunction<Round> value) {
        budgets.add(Budget.atMost(
                operation.name() + ", " + figure + ": the large table to the small one",
                LIMIT,
                operation.large().paced().ratios(operation.small().paced(), value),
                "×"));
    }

    /** Seconds for 100,000 operations are ten microseconds for one. */
    private static String row(Operation operation, Contestant contestant) {
        Rounds rounds = contestant.paced();
        return String.format(
                Locale.ROOT,
                "| %s, %,d a second | %s | %.0f (%.0f–%.0f) | %.0f (%.0f–%.0f) | %.2f (%.2f–%.2f) | %d of %d |\n",
                operation.name(),
                operation.rate(),
                contestant.name(),
                rounds.cpu() * 10,
                rounds.min(Round::cpu) * 10,
                rounds.max(Round::cpu) * 10,
                rounds.median(Round::database) * 10,
                rounds.min(Round::database) * 10,
                rounds.max(Round::database) * 10,
                rounds.p50() / MICROS_PER_MILLI,
                rounds.min(round -> round.result().p50()) / MICROS_PER_MILLI,
                rounds.max(round -> round.result().p50()) / MICROS_PER_MILLI,
                rounds.disturbed(),
                rounds.all().size());
    }

    private String text(TokenTable small, TokenTable large, int expired, double perSecond) {
        List<Budget> budgets = new ArrayList<>();
        StringBuilder table = new StringBuilder("| operation | tokens in the table | CPU of the node (µs) | PostgreSQL's CPU (µs) |"
                + " p50 (ms) | rounds that others disturbed |\n| --- | --- | --- | --- | --- | --- |\n");
        for (Operation operation : operations) {
            add(budgets, operation, "CPU of the node", Round::cpu);
            add(budgets, operation, "PostgreSQL's CPU", Round::database);
            add(budgets, operation, "p50", round -> round.result().p50());
            table.append(row(operation, operation.small())).append(row(operation, operation.large()));
        }
        budgets.add(Budget.atLeast(
                String.format(Locale.ROOT, "removal of %,d expired rows from the large table", expired),
                LEAST_PER_SECOND,
                List.of(perSecond),
                "rows/s"));
        return String.format(
                        Locale.ROOT,
                        "\nA table of %,d tokens and %,d Consumers beside one of %,d and %,d. Rounds: %d of %d s each.\n\n",
                        large.tokens(),
                        large.consumers(),
                        small.tokens(),
                        small.consumers(),
                        settings.rounds(),
                        settings.seconds())
                + Budget.table(budgets) + "\n" + table;
    }
}
