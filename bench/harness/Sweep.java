package bench;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Measures how many expired rows a node removes in a second.
 *
 * <p>A node removes the rows that expired first before others. Each hundred of the inserted rows expires a second after the hundred
 * before, so the oldest of the rest gives their number without counting them.
 */
final class Sweep {
    private static final int POLL_MILLIS = 100;
    private static final int ROWS_OF_SECOND = 100;
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Postgres postgres;
    private final TokenTable table;
    private final int rows;
    private long oldest;

    Sweep(Postgres postgres, TokenTable table, int rows) {
        this.postgres = postgres;
        this.table = table;
        this.rows = rows;
    }

    /** Inserts the rows and waits until none is left: a node looks for expired rows every 30 s. Returns rows per second. */
    double perSecond() {
        long now = System.currentTimeMillis() / TimeUnit.SECONDS.toMillis(1);
        oldest = now - rows / ROWS_OF_SECOND - 1;
        postgres.execute(
                table.database(),
                StoredTokens.WITHOUT_TRIGGERS,
                StoredTokens.insert(
                        "NULL::uuid",
                        "(SELECT id FROM oauth2_credentials WHERE client_id = 'bench-client')",
                        "'expired ' || n",
                        oldest + " + n / " + ROWS_OF_SECOND,
                        "generate_series(0, " + (rows - 1) + ") n"));
        long end = System.nanoTime() + PATIENCE.toNanos();
        int before = await(1, end);
        long begin = System.nanoTime();
        int after = await(rows, end);
        double seconds = (double) (System.nanoTime() - begin) / TimeUnit.SECONDS.toNanos(1);
        return (after - before) / seconds;
    }

    /** Waits until so many rows are removed, and returns how many are. */
    private int await(int count, long end) {
        int removed = removed();
        while (removed < count) {
            if (System.nanoTime() > end) {
                throw new BenchException("only " + removed + " of " + rows + " expired rows were removed");
            }
            Processes.pause(POLL_MILLIS);
            removed = removed();
        }
        return removed;
    }

    /** No other row expires before the end of the run. */
    private int removed() {
        long first = Long.parseLong(
                postgres.query(table.database(), "SELECT coalesce(min(delete_at), 0) FROM oauth2_tokens"));
        long second = first - oldest;
        return first == 0 || second * ROWS_OF_SECOND >= rows ? rows : (int) second * ROWS_OF_SECOND;
    }
}
