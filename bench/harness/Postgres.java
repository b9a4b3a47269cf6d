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
import java.util.Map;

/** The PostgreSQL that nodes are given: a server of its own which commits to the disk before it says so. */
final class Postgres {
    /** User and password. */
    static final String USER = "postgres";

    private final EmbeddedPostgres server;
    private final long pid;

    private Postgres(EmbeddedPostgres server, long pid) {
        this.server = server;
        this.pid = pid;
    }

    static Postgres start(Processes processes) {
        try {
            Path data = processes.work().resolve("postgres").toAbsolutePath();
            Path programs =
                    Files.createDirectories(Path.of("target/bench/programs").toAbsolutePath());
            EmbeddedPostgres server = EmbeddedPostgres.builder()
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
                    .setServerConfig("synchronous_commit", "on")
                    .start();
            long pid = Long.parseLong(
                    Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
            processes.add(pid, server);
            Postgres postgres = new Postgres(server, pid);
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
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new BenchException("no database", e);
        }
        return "postgresql://127.0.0.1:" + server.getPort() + "/" + name;
    }

    private String query(String sql) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new BenchException(sql, e);
        }
    }

    private Connection connect() throws SQLException {
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + server.getPort() + "/postgres", USER, USER);
    }
}
