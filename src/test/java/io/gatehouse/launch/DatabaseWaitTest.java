package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.node.Launcher;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.store.TestDatabase;
import io.gatehouse.testing.FreePort;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.PostgresProcess;
import io.gatehouse.testing.TcpRelay;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code postgres.wait}: the start of a node whose database is not reachable. */
@Timeout(180)
class DatabaseWaitTest {
    private static final String WAITING = "; trying again until ";

    private final String status = "127.0.0.1:" + FreePort.next();

    @TempDir
    private Path directory;

    @Test
    void aNode_startsWhenItsDatabaseDoes() throws Exception {
        try (PostgresProcess postgres = PostgresProcess.start(directory, FreePort.next())) {
            postgres.crash();
            try (ChildJvm node = start(postgres.url("127.0.0.1"))) {
                assertThat(read(node, WAITING).get(0)).contains("cannot prepare the database at 127.0.0.1/gatehouse: ");
                Http.send(Http.get("http://" + status + "/live")).isStatus(200);
                // It joins the cluster later.
                assertThat(Http.send(Http.get("http://" + status + "/ready"))
                                .isStatus(503)
                                .json()
                                .getJsonArray("missing"))
                        .containsExactly("catalog", "cluster", "listeners");

                long begin = System.nanoTime();
                postgres.start();
                List<String> lines = read(node, " started in ");
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin);
                // One attempt a second, but one line in ten seconds.
                assertThat(lines.stream().filter(line -> line.contains(WAITING)).count())
                        .isLessThanOrEqualTo(1 + seconds / 10);
                Http.send(Http.get("http://" + status + "/ready")).isStatus(200);
                assertThat(node.terminate()).isZero();
            }
        }
    }

    @Test
    void aSignalDuringTheWait_endsTheProcessAtOnceWithZero() throws Exception {
        try (ChildJvm node = start("postgresql://127.0.0.1:" + FreePort.next() + "/gatehouse")) {
            read(node, WAITING);

            assertThat(node.terminate()).isZero();
            assertThat(node.readLine()).isNull();
        }
    }

    @Test
    void anUnknownRole_endsTheStartAtOnce() throws Exception {
        String url = String.valueOf(TestDatabase.createEmpty().url());

        assertFails(config(url, "1h", "user: no-such-role", "password: wrong"), "\"no-such-role\"");
    }

    @Test
    void anUnknownDatabase_endsTheStartAtOnce() throws Exception {
        PostgresConfig database = TestDatabase.createEmpty();

        assertFails(
                config(database.url() + "_missing", "1h", credentials(database)),
                "database \"" + database.database() + "_missing\" does not exist");
    }

    /** This failure is that of the migration, after the first connection. */
    @Test
    void aNewerSchema_endsTheStartAtOnce() throws Exception {
        PostgresConfig database = TestDatabase.create();
        try (Connection connection =
                        DriverManager.getConnection("jdbc:" + database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("UPDATE flyway_schema_history SET version = '9999', description = 'drop names needs 9999'"
                    + " WHERE installed_rank = 1");
        }

        assertFails(
                config(String.valueOf(database.url()), "1h", credentials(database)),
                "the database has schema version 9999, which this");
    }

    private static void assertFails(GatehouseConfig config, String reason) {
        assertThatThrownBy(new Launcher(config)::start)
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining(reason);
    }

    private static String[] credentials(PostgresConfig database) {
        return new String[] {"user: " + database.user(), "password: " + database.password()};
    }

    @Test
    void theEndOfTheWait_endsTheStartWithTheReason() throws Exception {
        PostgresConfig database = TestDatabase.createEmpty();
        try (TcpRelay relay = TcpRelay.to(database)) {
            relay.cut();

            assertFails(
                    config(String.valueOf(relay.along(database).url()), "1s"),
                    "cannot prepare the database at 127.0.0.1/" + database.database()
                            + ": The connection attempt failed");
        }
    }

    private ChildJvm start(String url) throws IOException {
        return ChildJvm.start(Main.class, "--config", configuration(url, "1h").toString());
    }

    private GatehouseConfig config(String url, String wait, String... postgres) throws Exception {
        return new ConfigLoader(Map.of(), directory)
                .load(configuration(url, wait, postgres))
                .config();
    }

    private Path configuration(String url, String wait, String... postgres) throws IOException {
        return Files.writeString(
                directory.resolve("node.yaml"),
                """
                proxy: {http: "127.0.0.1:0", https: off}
                admin.http: 127.0.0.1:0
                status.http: %s
                data-dir: %s
                postgres:
                  url: %s
                  wait: %s
                """.formatted(status, directory.resolve("data"), url, wait)
                        + Stream.of(postgres).map(line -> "  " + line + "\n").collect(Collectors.joining()));
    }

    /** Returns the next lines, in reverse order from the one with that text. */
    private static List<String> read(ChildJvm process, String text) {
        Deque<String> lines = new ArrayDeque<>();
        for (String line = process.readLine(); line != null; line = process.readLine()) {
            lines.push(line);
            if (line.contains(text)) {
                return List.copyOf(lines);
            }
        }
        throw new AssertionError("the process ended: " + lines);
    }
}
