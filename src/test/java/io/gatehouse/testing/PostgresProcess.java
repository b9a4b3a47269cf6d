package io.gatehouse.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs a PostgreSQL with durable writes that can be killed and started again on the same data and port. */
public final class PostgresProcess implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final String DATABASE = "gatehouse";

    private final Path data;
    private final int port;
    private final Path log;
    private @Nullable EmbeddedPostgres running;

    private PostgresProcess(Path directory, int port) {
        this.data = directory.resolve("postgres");
        this.port = port;
        this.log = directory.resolve("postgres.log");
    }

    /** Starts a server with an empty database, on every address, for clients in other network namespaces. */
    public static PostgresProcess start(Path directory, int port) {
        PostgresProcess postgres = new PostgresProcess(directory, port);
        postgres.start();
        postgres.query("postgres", "CREATE DATABASE " + DATABASE);
        return postgres;
    }

    /** Starts the server, which recovers after a kill. */
    public void start() {
        try {
            running = EmbeddedPostgres.builder()
                    .setPort(port)
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(true)
                    .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .setPGStartupWait(START)
                    // The library disables durability by default.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("full_page_writes", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("listen_addresses", "*")
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("max_connections", "150")
                    .setDataDirectoryCustomizer(PostgresProcess::trustLoopbackAndTestNetworks)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** 198.18.0.0/15 is reserved for network tests (RFC 2544). */
    private static void trustLoopbackAndTestNetworks(File directory) {
        try {
            Files.writeString(
                    directory.toPath().resolve("pg_hba.conf"),
                    "host all all 127.0.0.1/32 trust\nhost all all 198.18.0.0/15 trust\n",
                    StandardOpenOption.TRUNCATE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills the server like a power cut: connections are not closed and buffers are not written. */
    public void crash() throws IOException, InterruptedException {
        ProcessHandle postmaster = postmaster();
        new ProcessBuilder("kill", "-QUIT", String.valueOf(postmaster.pid()))
                .start()
                .waitFor();
        try {
            postmaster.onExit().get(START.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | ExecutionException e) {
            throw new IllegalStateException("PostgreSQL does not end", e);
        }
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        close();
    }

    private ProcessHandle postmaster() throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
        return ProcessHandle.of(pid).orElseThrow();
    }

    /** The URL for nodes that reach the server at that address. */
    public String url(String host) {
        return "postgresql://" + host + ":" + port + "/" + DATABASE;
    }

    public int port() {
        return port;
    }

    /** Runs a statement and returns the first column of its rows. */
    public List<String> query(String sql) {
        return query(DATABASE, sql);
    }

    private List<String> query(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://127.0.0.1:" + port + "/" + database, "postgres", "postgres");
                Statement statement = connection.createStatement()) {
            List<String> values = new ArrayList<>();
            if (statement.execute(sql)) {
                ResultSet rows = statement.getResultSet();
                while (rows.next()) {
                    values.add(rows.getString(1));
                }
            }
            return values;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() throws IOException {
        if (running != null) {
            running.close();
            running = null;
        }
    }
}
