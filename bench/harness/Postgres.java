package bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** The PostgreSQL that nodes are given: a server of its own which commits to the disk before it says so. */
final class Postgres {
    /** User and password. */
    static final String USER = "postgres";

    private static final int POLL_MILLIS = 50;

    private final EmbeddedPostgres server;
    private final long pid;
    private volatile boolean isCrashed;

    private Postgres(EmbeddedPostgres server, long pid) {
        this.server = server;
        this.pid = pid;
    }

    static Postgres start(Processes processes) {
        return start(processes, Map.of());
    }

    /** {@code configuration}: server settings beside the defaults. */
    static Postgres start(Processes processes, Map<String, String> configuration) {
        try {
            Path data = processes.work().resolve("postgres").toAbsolutePath();
            Path programs =
                    Files.createDirectories(Path.of("target/bench/programs").toAbsolutePath());
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setOverrideWorkingDirectory(programs.toFile())
                    .setRegisterShutdownHook(false)
                    .setOutputRedirector(
                            Redirect.appendTo(processes.log("postgres").toFile()))
                    .setErrorRedirector(
                            Redirect.appendTo(processes.log("postgres").toFile()))
                    // The library trades durability for speed, which would make issuing look better than it is.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on");
            configuration.forEach(builder::setServerConfig);
            EmbeddedPostgres server = builder.start();
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            Postgres postgres = new Postgres(server, pid);
            processes.add(pid, postgres::stop);
            for (String setting : new String[] {"fsync", "full_page_writes", "synchronous_commit"}) {
                if (!postgres.query("SHOW " + setting).equals("on")) {
                    throw new BenchException(setting + " is not on");
                }
            }
            return postgres;
        } catch (IOException e) {
            throw new BenchException("PostgreSQL does not start, more in " + processes.log("postgres"), e);
        }
    }

    String version() {
        return query("SHOW server_version");
    }

    long pid() {
        return pid;
    }

    /** Creates a database and returns the settings with which a node connects to it. */
    Map<String, String> database(String name) {
        return Map.of(
                "GATEHOUSE_POSTGRES_URL",
                create(name),
                "GATEHOUSE_POSTGRES_USER",
                USER,
                "GATEHOUSE_POSTGRES_PASSWORD",
                USER);
    }

    /** Creates a database and returns its JDBC URL, which has no user. */
    String jdbc(String name) {
        return "jdbc:" + create(name);
    }

    private String create(String name) {
        execute("postgres", "CREATE DATABASE " + name);
        return "postgresql://127.0.0.1:" + server.getPort() + "/" + name;
    }

    /** Executes statements one after the other on one connection, each in its own transaction. */
    void execute(String database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException e) {
            throw new BenchException("not executed: " + e.getMessage(), e);
        }
    }

    /** Ends all processes of the server without a checkpoint (an immediate shutdown), and waits until none accepts connections. */
    void crash(Processes processes) {
        isCrashed = true;
        processes.run("crash", List.of("sh", "-c", "kill -QUIT " + pid));
        while (isReachable()) {
            Processes.pause(POLL_MILLIS);
        }
    }

    /** The library logs a failure if it stops a server that does not run. */
    private void stop() throws IOException {
        if (!isCrashed) {
            server.close();
        }
    }

    private boolean isReachable() {
        try (Connection connection = connect("postgres")) {
            return connection.isValid(1);
        } catch (SQLException e) {
            return false;
        }
    }

    private String query(String sql) {
        return query("postgres", sql);
    }

    /** Returns the first column of the first row. */
    String query(String database, String sql) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new BenchException(sql, e);
        }
    }

    private Connection connect(String database) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + server.getPort() + "/" + database, USER, USER);
    }
}
