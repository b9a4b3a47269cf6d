package io.gatehouse.launch.postgres;

import io.gatehouse.config.LaunchException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** One run of the bundled PostgreSQL; the caller holds the lock of the data directory. */
final class PostgresServer implements Closeable {
    static final String USER = "gatehouse";

    private static final String DATABASE = "gatehouse";
    private static final String SUPERUSER = "postgres"; // the library's, which it looks in with
    private static final Duration START_TIME = Duration.ofSeconds(20);

    private final Path data;
    private final EmbeddedPostgres postgres;
    private final String password;

    private PostgresServer(Path data, EmbeddedPostgres postgres, String password) {
        this.data = data;
        this.postgres = postgres;
        this.password = password;
    }

    String url() {
        return "postgresql://127.0.0.1:" + postgres.getPort() + "/" + DATABASE;
    }

    String password() {
        return password;
    }

    /** Makes the data at the first start, recovers it after a crash, and opens the server on a free port. */
    static PostgresServer start(PostgresFiles files) throws IOException, LaunchException {
        if (!PostgresProgram.isAllowed()) {
            throw new LaunchException("PostgreSQL does not run as root, and this system allows no user namespaces: run"
                    + " Gatehouse as another user or set postgres.url (GATEHOUSE_POSTGRES_URL)");
        }
        long logged = files.prepareLog();
        files.createProgramsDirectory();
        boolean killed = Postmaster.wasKilled(files.data());
        Postmaster.invalidate(files.data());
        List<String> statements = new ArrayList<>();
        if (files.isFresh()) {
            files.markIncomplete();
            statements.add("CREATE ROLE " + USER + " LOGIN");
            statements.add("CREATE DATABASE " + DATABASE + " OWNER " + USER);
        }
        Optional<String> known = statements.isEmpty() ? files.password() : Optional.empty();
        String password = known.orElseGet(PostgresServer::randomPassword);
        if (known.isEmpty()) {
            statements.add("ALTER ROLE " + USER + " PASSWORD '" + password + "'");
            statements.add("ALTER ROLE " + SUPERUSER + " PASSWORD '" + password + "'");
        }
        try {
            PostgresServer server = open(files, password, statements, killed);
            files.markComplete(password);
            return server;
        } catch (IOException | RuntimeException | ExceptionInInitializerError e) {
            stopIfRunning(files.data());
            throw new LaunchException(
                    "the embedded PostgreSQL did not start: " + files.lastComplaint(logged) + " (more in " + files.log()
                            + ")",
                    e);
        }
    }

    private static PostgresServer open(PostgresFiles files, String password, List<String> statements, boolean killed)
            throws IOException {
        PostgresProgram program = new PostgresProgram(files.programs());
        Redirect log = Redirect.appendTo(files.log().toFile());
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setPgBinaryResolver(program)
                .setOverrideWorkingDirectory(files.programs().toFile())
                .setDataDirectory(files.data())
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setOutputRedirector(log)
                .setPGStartupWait(START_TIME)
                .setConnectConfig("password", password)
                .setLocaleConfig("locale", "C")
                .setLocaleConfig("locale-provider", "builtin")
                .setLocaleConfig("builtin-locale", "C.UTF-8")
                // The library is made for tests and trades durability for speed; this is users' data.
                .setServerConfig("fsync", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("listen_addresses", "127.0.0.1")
                .setServerConfig("unix_socket_directories", "")
                .setServerConfig("max_connections", "100")
                .setServerConfig("log_checkpoints", "off")
                // Runs when the data is there and before anybody can connect.
                .setDataDirectoryCustomizer(ignored -> {
                    if (killed || !statements.isEmpty()) {
                        prepare(program, files, log, statements);
                    }
                })
                .start();
        return new PostgresServer(files.data(), postgres, password);
    }

    private static void prepare(PostgresProgram program, PostgresFiles files, Redirect log, List<String> statements) {
        try {
            files.writeAccessRules();
            program.runAlone(files.data(), log, statements);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String randomPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /** The library asks the server to stop and leaves it alone after five seconds. */
    @Override
    public void close() throws IOException {
        postgres.close();
        stopIfRunning(data);
    }

    private static void stopIfRunning(Path data) throws IOException {
        Optional<Postmaster> running = Postmaster.in(data);
        try {
            if (running.isPresent() && !running.get().stop()) {
                throw new IOException("PostgreSQL does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL stops", e);
        }
    }
}
