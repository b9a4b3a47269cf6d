package io.gatehouse.launch.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.logging.LogbackDefaults;
import io.gatehouse.launch.logging.Logging;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.TcpRelay;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code migrate} on a database that is empty at first. */
class MigrateCommandTest {
    private static final int CONCURRENT = 6;

    private record Result(int exitCode, String out, String err) {}

    @TempDir
    private Path directory;

    @AfterEach
    void restoreTheLogSettings() {
        Logging.configure(LogbackDefaults.QUIET, false);
    }

    @Test
    void concurrentMigrationsMigrateAnEmptyDatabaseOnce() throws Exception {
        PostgresConfig database = TestDatabase.createEmpty();
        CyclicBarrier start = new CyclicBarrier(CONCURRENT);
        ExecutorService pods = Executors.newFixedThreadPool(CONCURRENT);
        try {
            Callable<Result> pod = () -> {
                start.await();
                return migrate(database);
            };
            List<Result> results = new ArrayList<>();
            for (Future<Result> result : pods.invokeAll(Collections.nCopies(CONCURRENT, pod))) {
                results.add(result.get());
            }
            assertThat(results)
                    .allSatisfy(result ->
                            assertThat(result.exitCode()).as(result.err()).isZero());
            assertThat(results.stream().map(Result::out).distinct()).hasSize(1);
        } finally {
            pods.shutdownNow();
        }
        assertThat(number(database, "SELECT count(*) - count(DISTINCT version) FROM flyway_schema_history"))
                .isZero();
        assertThat(number(database, "SELECT count(*) FROM services")).isZero();
    }

    @Test
    void aDatabaseThatThisVersionCannotUseIsUnchangedAndTheExitCodeIs1() throws Exception {
        PostgresConfig database = TestDatabase.create();
        execute(
                database,
                "UPDATE flyway_schema_history SET version = '9999', description = 'drop names needs 9999'"
                        + " WHERE installed_rank = 1");

        Result result = migrate(database);

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).startsWith("gatehouse: the database has schema version 9999, which this");
    }

    @Test
    void waitsForADatabaseThatIsNotReachable() throws Exception {
        PostgresConfig database = TestDatabase.createEmpty();
        try (TcpRelay relay = TcpRelay.to(database)) {
            relay.cut();
            CompletableFuture<Result> migrated =
                    CompletableFuture.supplyAsync(() -> migrate(relay.along(database), "--wait=10m"));
            // Longer than Flyway repeats an attempt.
            assertThatThrownBy(() -> migrated.get(6, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            relay.mend();

            Result result = migrated.get(5, TimeUnit.MINUTES);

            assertThat(result.exitCode()).as(result.err()).isZero();
            assertThat(result.out()).startsWith("the database has schema version");
        }
    }

    @Test
    void theEndOfTheWaitIsReportedWithTheReason() {
        PostgresConfig database = TestDatabase.createEmpty();
        try (TcpRelay relay = TcpRelay.to(database)) {
            relay.cut();

            Result result = migrate(relay.along(database), "--wait=1s");

            assertThat(result.exitCode()).isEqualTo(1);
            assertThat(result.err())
                    .startsWith("gatehouse: cannot prepare the database at 127.0.0.1/")
                    .contains(": The connection attempt failed")
                    .hasLineCount(1);
        }
    }

    @Test
    void aRejectedPasswordIsNotTriedAgain() {
        PostgresConfig database = TestDatabase.createEmpty();
        Result result = run(
                Map.of(
                        "GATEHOUSE_POSTGRES_URL", Objects.requireNonNull(database.url()),
                        "GATEHOUSE_POSTGRES_USER", "no-such-role",
                        "GATEHOUSE_POSTGRES_PASSWORD", "wrong"),
                "--wait=1h");

        assertThat(result.exitCode()).isEqualTo(1);
        assertThat(result.err()).contains("no-such-role").hasLineCount(1);
    }

    @Test
    void aWaitThatIsNoDurationIsAnError() {
        assertThat(run(Map.of("GATEHOUSE_POSTGRES_URL", "postgresql://none/db"), "--wait=long"))
                .satisfies(result -> assertThat(result.exitCode()).isEqualTo(2))
                .satisfies(result -> assertThat(result.err()).startsWith("gatehouse: --wait: \"long\" is not valid"));
    }

    @Test
    void withoutADatabaseUrlNothingStarts() {
        Result result = run(Map.of());

        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err())
                .startsWith("gatehouse: postgres.url is not set")
                .hasLineCount(1);
    }

    private Result migrate(PostgresConfig database, String... options) {
        return run(
                Map.of(
                        "GATEHOUSE_POSTGRES_URL", Objects.requireNonNull(database.url()),
                        "GATEHOUSE_POSTGRES_USER", Objects.requireNonNull(database.user()),
                        "GATEHOUSE_POSTGRES_PASSWORD", Objects.requireNonNull(database.password())),
                options);
    }

    private Result run(Map<String, String> environment, String... options) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int exitCode = GatehouseCommand.commandLine(environment, directory)
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(Stream.concat(Stream.of("migrate"), Stream.of(options)).toArray(String[]::new));
        return new Result(exitCode, out.toString(), err.toString());
    }

    private static long number(PostgresConfig database, String query) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(query)) {
            assertThat(result.next()).isTrue();
            return result.getLong(1);
        }
    }

    private static void execute(PostgresConfig database, String sql) throws SQLException {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Connection connect(PostgresConfig database) throws SQLException {
        return DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
    }
}
