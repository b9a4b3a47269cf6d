package io.gatehouse.launch.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.ChildJvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Tests one data directory from its first start on. Creating one takes two seconds, so the tests share it and run in order. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class EmbeddedDatabaseTest {
    @TempDir(cleanup = CleanupMode.ALWAYS)
    static Path parent = Path.of("");

    private static final PostgresConfig SETTINGS = new PostgresConfig(null, null, null, 5);

    private static Path dataDir() {
        return parent.resolve("a directory");
    }

    @Test
    @Order(1)
    void theFirstStartCreatesADurableDatabaseThatRequiresAPassword() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(dataDir())) {
            PostgresConfig postgres = database.addressed(SETTINGS);

            assertThat(postgres.embedded()).isTrue();
            assertThat(postgres.poolSize()).isEqualTo(5);
            assertThat(postgres.url()).startsWith("postgresql://127.0.0.1:");
            assertThat(query(postgres, "SHOW fsync")).isEqualTo("on");
            assertThat(query(postgres, "SHOW full_page_writes")).isEqualTo("on");
            assertThat(query(postgres, "SHOW synchronous_commit")).isEqualTo("on");
            assertThat(query(postgres, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(query(postgres, "SELECT current_setting('is_superuser')"))
                    .isEqualTo("off");
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() ->
                            query(postgres.at(Objects.requireNonNull(postgres.url()), "postgres", ""), "SELECT 1"));
            assertThatExceptionOfType(SQLException.class)
                    .isThrownBy(() -> query(
                            postgres.at(Objects.requireNonNull(postgres.url()), "gatehouse", "guess"), "SELECT 1"));
            execute(postgres, "CREATE TABLE kept (word text)", "INSERT INTO kept VALUES ('first start')");
        }
        assertThat(permissions("postgres.password")).isEqualTo("rw-------");
        assertThat(permissions("postgres")).isEqualTo("rwx------");
        assertThat(permissions("postgres-programs")).isEqualTo("rwx------");
    }

    @Test
    @Order(2)
    void aRestartKeepsTheData() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(dataDir())) {
            assertThat(query(database.addressed(SETTINGS), "SELECT word FROM kept"))
                    .isEqualTo("first start");
        }
    }

    @Test
    @Order(3)
    void aSecondNodeOnTheDirectoryFailsAndTheNextStartReplacesTheServerOfAKilledNode() throws Exception {
        try (ChildJvm other =
                ChildJvm.start(EmbeddedDatabaseProcess.class, dataDir().toString())) {
            PostgresConfig postgres = SETTINGS.at(
                    Objects.requireNonNull(other.readLine()), "gatehouse", Objects.requireNonNull(other.readLine()));
            assertThatThrownBy(() -> EmbeddedDatabase.start(dataDir()))
                    .isInstanceOf(LaunchException.class)
                    .hasMessage("data directory " + dataDir().toRealPath() + " is in use by another Gatehouse (pid "
                            + other.pid() + "): stop that one or set data-dir (GATEHOUSE_DATA_DIR)");
            execute(postgres, "UPDATE kept SET word = 'before the kill'");

            other.kill();

            assertThat(query(postgres, "SELECT word FROM kept"))
                    .isEqualTo("before the kill"); // the server outlives its node
            try (EmbeddedDatabase database = EmbeddedDatabase.start(dataDir())) {
                assertThat(query(database.addressed(SETTINGS), "SELECT word FROM kept"))
                        .isEqualTo("before the kill");
                assertThatExceptionOfType(SQLException.class).isThrownBy(() -> query(postgres, "SELECT 1"));
            }
        }
    }

    @Test
    @Order(4)
    void aServerKilledTogetherWithItsNodeIsRecovered() throws Exception {
        try (ChildJvm other =
                ChildJvm.start(EmbeddedDatabaseProcess.class, dataDir().toString())) {
            PostgresConfig postgres = SETTINGS.at(
                    Objects.requireNonNull(other.readLine()), "gatehouse", Objects.requireNonNull(other.readLine()));
            execute(postgres, "UPDATE kept SET word = 'before the crash'");
            ProcessHandle server =
                    new PostgresFiles(dataDir().toRealPath()).server().orElseThrow();
            other.kill();
            server.destroyForcibly();
        }
        try (EmbeddedDatabase database = EmbeddedDatabase.start(dataDir())) {
            assertThat(query(database.addressed(SETTINGS), "SELECT word FROM kept"))
                    .isEqualTo("before the crash");
        }
    }

    @Test
    @Order(5)
    void aStalePidFileWithThePidOfAnotherProcessIsIgnored() throws Exception {
        Path pidFile = dataDir().resolve("postgres").resolve("postmaster.pid");
        Files.writeString(pidFile, ProcessHandle.current().pid() + "\n" + pidFile.getParent() + "\n");

        try (EmbeddedDatabase database = EmbeddedDatabase.start(dataDir())) {
            assertThat(query(database.addressed(SETTINGS), "SELECT count(*) FROM kept"))
                    .isEqualTo("1");
        }
    }

    @Test
    @Order(6)
    void aLostPasswordFileIsReplacedAndTheDataKept() throws Exception {
        Files.delete(dataDir().resolve("postgres.password"));

        assertOneRowIsKept();
    }

    /** As after a power failure, where the file system had written the name of the file and not its text. */
    @Test
    @Order(6)
    void anEmptyPasswordFileIsReplacedAndTheDataKept() throws Exception {
        Files.writeString(dataDir().resolve("postgres.password"), "");

        assertOneRowIsKept();
        assertThat(permissions("postgres.password")).isEqualTo("rw-------");
    }

    private static void assertOneRowIsKept() throws Exception {
        try (EmbeddedDatabase database = EmbeddedDatabase.start(dataDir())) {
            assertThat(query(database.addressed(SETTINGS), "SELECT count(*) FROM kept"))
                    .isEqualTo("1");
        }
    }

    @Test
    @Order(7)
    void dataOfAnotherPostgresVersionIsKeptAndTheErrorNamesTheReason() throws Exception {
        Path version = dataDir().resolve("postgres").resolve("PG_VERSION");
        String ours = Files.readString(version);
        Files.writeString(version, "12\n");
        Files.writeString(dataDir().resolve("postgres").resolve("postmaster.pid"), "");
        try {
            assertThatThrownBy(() -> EmbeddedDatabase.start(dataDir()))
                    .isInstanceOf(LaunchException.class)
                    .hasMessageStartingWith("the embedded PostgreSQL did not start: ")
                    .hasMessageContaining("database files are incompatible with server");
        } finally {
            Files.writeString(version, ours);
        }
    }

    @Test
    @Order(8)
    void anInterruptedFirstStartIsRepeated() throws Exception {
        Path directory = parent.resolve("interrupted");
        Files.createDirectories(directory.resolve("postgres").resolve("base"));
        Files.writeString(directory.resolve("postgres").resolve("postgresql.conf"), "incomplete");
        Files.writeString(directory.resolve("postgres.incomplete"), "");

        try (EmbeddedDatabase database = EmbeddedDatabase.start(directory)) {
            assertThat(query(database.addressed(SETTINGS), "SELECT 1")).isEqualTo("1");
        }
    }

    @Test
    @Order(9)
    void dataOfAnotherUserFailsTheStart() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only root can give files away");
        Path directory = parent.resolve("given away");
        Path data = Files.createDirectories(directory.resolve("postgres"));
        Files.setOwner(
                data, data.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));

        assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
                .hasMessageStartingWith("data directory " + directory.toRealPath() + " belongs to user nobody");
    }

    @Test
    @Order(10)
    void aDirectoryThatCannotBeCreatedIsNamedInTheError() throws Exception {
        Path file = Files.writeString(parent.resolve("file"), "");

        assertThatThrownBy(() -> EmbeddedDatabase.start(file))
                .hasMessageStartingWith("data directory " + file + " cannot be used")
                .hasMessageEndingWith("set data-dir (GATEHOUSE_DATA_DIR)");
    }

    @Test
    @Order(11)
    void aPathThatIsUnsafeInAShellFailsTheStart() {
        Path directory = parent.resolve("$(id)");

        assertThatThrownBy(() -> EmbeddedDatabase.start(directory))
                .isInstanceOf(LaunchException.class)
                .hasMessageContaining("which PostgreSQL's pg_ctl does not support: set data-dir (GATEHOUSE_DATA_DIR)");
    }

    @Test
    @Order(12)
    void programsOfAnotherVersionAreDeleted() throws Exception {
        Path old =
                Files.createDirectories(dataDir().resolve("postgres-programs").resolve("unpacked"));

        EmbeddedDatabase.start(dataDir()).close();

        assertThat(old).doesNotExist();
        assertThat(dataDir().resolve("postgres").resolve("postmaster.pid")).doesNotExist();
    }

    private static String permissions(String name) throws IOException {
        return PosixFilePermissions.toString(
                Files.getPosixFilePermissions(dataDir().resolve(name)));
    }

    private static String query(PostgresConfig postgres, String sql) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void execute(PostgresConfig postgres, String... statements) throws SQLException {
        try (Connection connection = connect(postgres);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Connection connect(PostgresConfig postgres) throws SQLException {
        return DriverManager.getConnection("jdbc:" + postgres.url(), postgres.user(), postgres.password());
    }
}
