package bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** Measures the deletion of an owner of many live tokens: the response, its tokens afterwards, and the removal of their rows. */
final class DeletedTokens {
    private static final int SAMPLE = 1_000;
    private static final double LIMIT_SECONDS = 1;
    private static final Duration PATIENCE = Duration.ofMinutes(15);
    private static final int POLL_MILLIS = 250;
    private static final Pattern TOKEN = Pattern.compile("\"token_type\"");
    private static final String DATABASE = "deletions";

    private final Processes processes;
    private final Settings settings;
    private final Postgres postgres;
    private final List<Deletion> deletions = new ArrayList<>();

    /**
     * What was measured.
     *
     * @param statuses of the sample's tokens, used after the response
     * @param listed tokens in a list
     * @param goneSeconds until no row is left
     */
    private record Deletion(
            String owner, double seconds, Map<Integer, Long> statuses, long listed, double listSeconds, double goneSeconds) {
        /** Neither an invalid token nor an unknown Route. */
        long accepted() {
            return statuses.entrySet().stream()
                    .filter(status -> status.getKey() != 401 && status.getKey() != 404)
                    .mapToLong(Map.Entry::getValue)
                    .sum();
        }
    }

    DeletedTokens(Processes processes, Settings settings) {
        this.processes = processes;
        this.settings = settings;
        this.postgres = Postgres.start(processes);
    }

    /** Returns this part of the report. */
    String run() {
        Node.recordCache(processes);
        String upstream = Nginx.upstream(processes).address();
        Node node = Node.start(
                processes,
                settings,
                "whole",
                Node.java(settings, true),
                "proxy,admin,token-issuer",
                postgres.database(DATABASE));
        Load.configure(node, upstream);
        String service = "/services/" + postgres.query(DATABASE, "SELECT id FROM services WHERE name = 'protected'");
        measure(node, "Service", service, () -> {
            // The same id again: a Service that does not exist has no Route, so any token would get 404.
            Http.put(node.adminUrl(service), "{\"name\":\"protected\",\"url\":\"http://" + upstream + "/\"}");
            Load.route(node, "protected");
            Load.protect(node);
        });
        measure(node, "application", "/oauth2/bench-client", () -> {});
        Load.register(node);
        measure(node, "Consumer", "/consumers/alex", () -> {});
        return text();
    }

    /** {@code after}: runs after the deletion and before its tokens are used. */
    private void measure(Node node, String owner, String path, Runnable after) {
        StoredTokens tokens =
                new StoredTokens((long) deletions.size() * settings.cachedTokens(), settings.cachedTokens());
        tokens.insert(postgres, DATABASE, owner.equals("Service"));
        int size = Math.min(SAMPLE, tokens.count());
        Target sample = Target.given(node.url("/protected"), tokens.sample(size), 200);
        // From here on they are cached.
        new Generator(sample, settings.connections()).send(size, body -> {});
        if (owner.equals("Service")) {
            Http.delete(node.adminUrl("/routes/protected"));
        }
        long begin = System.nanoTime();
        Http.delete(node.adminUrl(path));
        long end = System.nanoTime();
        Map<Integer, Long> statuses =
                new TreeMap<>(new Generator(sample, settings.connections()).statuses(size, body -> {}));
        after.run();
        new Generator(sample, settings.connections())
                .statuses(size, body -> {})
                .forEach((status, count) -> statuses.merge(status, count, Long::sum));
        long list = System.nanoTime();
        long listed = TOKEN.matcher(Http.get(node.adminUrl("/oauth2_tokens?size=1000")))
                .results()
                .count();
        double listSeconds = secondsSince(list);
        awaitRemoval();
        Deletion deletion = new Deletion(
                owner, (double) (end - begin) / TimeUnit.SECONDS.toNanos(1), statuses, listed, listSeconds, secondsSince(end));
        deletions.add(deletion);
        System.out.print(row(deletion));
    }

    /** An owner stays in the table while it has rows of tokens. */
    private void awaitRemoval() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!count("oauth2_deleted_owners").equals("0")) {
            if (System.nanoTime() > end) {
                throw new BenchException(count("oauth2_tokens") + " rows of tokens are not removed in time");
            }
            Processes.pause(POLL_MILLIS);
        }
        if (!count("oauth2_tokens").equals("0")) {
            throw new BenchException(count("oauth2_tokens") + " rows of tokens have no owner");
        }
    }

    private String count(String table) {
        return postgres.query(DATABASE, "SELECT count(*) FROM " + table);
    }

    private static double secondsSince(long begin) {
        return (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
    }

    private static String row(Deletion deletion) {
        return String.format(
                Locale.ROOT,
                "| %s | %.2f | %s | %d | %.2f | %.0f |\n",
                deletion.owner(),
                deletion.seconds(),
                ManyTokens.text(deletion.statuses()),
                deletion.listed(),
                deletion.listSeconds(),
                deletion.goneSeconds());
    }

    private String text() {
        List<Budget> budgets = new ArrayList<>();
        StringBuilder table = new StringBuilder("| deleted | response (s) | its tokens, used afterwards | listed | list (s) |"
                + " rows gone after (s) |\n| --- | --- | --- | --- | --- | --- |\n");
        for (Deletion deletion : deletions) {
            budgets.add(Budget.atMost(
                    "`DELETE` of a" + (deletion.owner().startsWith("a") ? "n " : " ") + deletion.owner(),
                    LIMIT_SECONDS,
                    deletion.seconds(),
                    "s"));
            table.append(row(deletion));
        }
        budgets.add(Budget.atMost(
                "tokens accepted after the response",
                0,
                deletions.stream().mapToLong(Deletion::accepted).sum(),
                "tokens"));
        budgets.add(Budget.atMost(
                "tokens listed after the response",
                0,
                deletions.stream().mapToLong(Deletion::listed).sum(),
                "tokens"));
        return String.format(Locale.ROOT, "\nDeletion of an owner of %,d live tokens:\n\n", settings.cachedTokens())
                + Budget.table(budgets) + "\n" + table;
    }
}
