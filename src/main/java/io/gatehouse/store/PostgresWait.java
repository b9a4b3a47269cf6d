package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares the database of a start, and waits for a server that is not reachable until a deadline. It logs the reason at first and
 * then every ten seconds.
 *
 * <p>Any other failure, such as a rejected password, ends the wait at once.
 *
 * <p><i>Threading</i>: blocks; of one thread at a time.
 */
public final class PostgresWait {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresWait.class);
    private static final Duration ATTEMPT_PERIOD = Duration.ofSeconds(1);
    private static final Duration LINE_PERIOD = Duration.ofSeconds(10);

    private final PostgresConfig config;
    private final Instant deadline;
    private Instant nextLine = Instant.MIN;

    private PostgresWait(PostgresConfig config, Instant deadline) {
        this.config = config;
        this.deadline = deadline;
    }

    /** Waits for at most {@code limit} from now on, over all calls. */
    public static PostgresWait of(PostgresConfig config, Duration limit) {
        return new PostgresWait(config, Instant.now().plus(limit));
    }

    /**
     * Returns once the server accepts a connection.
     *
     * @throws Migrations.Unreachable if it does not until the deadline
     * @throws IllegalStateException if it rejects the connection
     */
    public void connect() {
        repeat(() -> Migrations.connect(config));
    }

    /**
     * Migrates the database and returns the version of its schema, as {@link Migrations#run} does.
     *
     * @throws Migrations.Unreachable if the server is not reachable until the deadline
     * @throws IllegalStateException if this version cannot use the schema of a newer one, or the database rejects the connection
     */
    public String migrate() {
        return repeat(() -> Migrations.run(config));
    }

    private String repeat(Supplier<String> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (Migrations.Unreachable e) {
                Instant now = Instant.now();
                if (!now.isBefore(deadline)) {
                    throw e;
                }
                if (now.isAfter(nextLine)) {
                    LOG.warn("{}; trying again until {}", e.getMessage(), deadline.truncatedTo(ChronoUnit.SECONDS));
                    nextLine = now.plus(LINE_PERIOD);
                }
                pause(e);
            }
        }
    }

    private static void pause(Migrations.Unreachable failure) {
        try {
            Thread.sleep(ATTEMPT_PERIOD.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }
}
