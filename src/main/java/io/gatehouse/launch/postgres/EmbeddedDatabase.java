package io.gatehouse.launch.postgres;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.datadir.DataDirectoryLock;
import io.gatehouse.launch.datadir.PrivateFiles;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.PostgresUrl;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a PostgreSQL for one machine. Its data is in the data directory and survives restarts, crashes and
 * {@code kill -9}.
 *
 * <p><i>Invariant</i>: the server of a data directory is started and stopped only by the holder of the directory's lock.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    /** Name of the role and of the database. */
    private static final String NAME = "gatehouse";

    /** pg_ctl puts paths between double quotes in a shell command. */
    private static final Pattern UNSAFE_IN_SHELL = Pattern.compile("[\"$`\\\\\\n]");

    private final DataDirectoryLock lock;
    private final PostgresFiles files;
    private final PostgresPrograms programs;
    private final int port;
    private final String password;

    private EmbeddedDatabase(
            DataDirectoryLock lock, PostgresFiles files, PostgresPrograms programs, int port, String password) {
        this.lock = lock;
        this.files = files;
        this.programs = programs;
        this.port = port;
        this.password = password;
    }

    /** Starts the server. If that fails, no server runs and the directory is unlocked. */
    public static EmbeddedDatabase start(Path dataDir) throws LaunchException {
        if (!isPackaged()) {
            throw new ConfigException(
                    "postgres.url (GATEHOUSE_POSTGRES_URL) is not set, and this package has no embedded"
                            + " PostgreSQL: set it to " + PostgresUrl.EXPECTED);
        }
        if (!PostgresPrograms.isAllowed()) {
            throw new LaunchException("PostgreSQL does not run as root, and this system allows no user namespaces: run"
                    + " Gatehouse as another user or set postgres.url (GATEHOUSE_POSTGRES_URL)");
        }
        try {
            PrivateFiles.createDirectory(dataDir);
            Path directory = dataDir.toRealPath();
            DataDirectoryLock lock = DataDirectoryLock.acquire(directory);
            try {
                PostgresFiles files = new PostgresFiles(directory);
                checkDirectory(files);
                return start(lock, files);
            } catch (IOException | LaunchException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw new LaunchException(
                    "data directory " + dataDir + " cannot be used ("
                            + e.getClass().getSimpleName() + "): make it writable or set data-dir (GATEHOUSE_DATA_DIR)",
                    e);
        }
    }

    /** Returns false in the container image, which contains neither the library nor the programs. */
    private static boolean isPackaged() {
        try {
            Class.forName(
                    "io.zonky.test.db.postgres.embedded.DefaultPostgresBinaryResolver",
                    false,
                    EmbeddedDatabase.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static void checkDirectory(PostgresFiles files) throws IOException, LaunchException {
        if (UNSAFE_IN_SHELL.matcher(files.directory().toString()).find()) {
            throw new LaunchException("data directory " + files.directory() + " has one of \" $ ` \\ in its path, which"
                    + " PostgreSQL's pg_ctl does not support: set data-dir (GATEHOUSE_DATA_DIR)");
        }
        if (!Files.exists(files.data())) {
            return;
        }
        String owner = Files.getOwner(files.data()).getName();
        if (!owner.equals(System.getProperty("user.name", ""))) {
            throw new LaunchException("data directory " + files.directory() + " belongs to user " + owner
                    + ": start Gatehouse as that user or set data-dir (GATEHOUSE_DATA_DIR)");
        }
    }

    private static EmbeddedDatabase start(DataDirectoryLock lock, PostgresFiles files)
            throws IOException, LaunchException {
        PostgresPrograms programs = PostgresPrograms.unpack(files);
        long logged = files.rotateLog();
        stopOrphan(files, programs);
        programs.deleteOthers();
        files.deletePidFile();
        try {
            String password = prepareData(files, programs);
            int port = freePort();
            programs.startServer(port);
            return new EmbeddedDatabase(lock, files, programs, port, password);
        } catch (IOException e) {
            stopIfRunning(files, programs);
            throw new LaunchException(
                    "the embedded PostgreSQL did not start: " + files.lastError(logged) + " (more in " + files.log()
                            + ")",
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopIfRunning(files, programs);
            throw new LaunchException("interrupted while the embedded PostgreSQL started", e);
        }
    }

    /** Stops the server of a killed node. The lock proves that no other node uses it. */
    private static void stopOrphan(PostgresFiles files, PostgresPrograms programs) throws IOException, LaunchException {
        Optional<ProcessHandle> orphan = files.server();
        if (orphan.isEmpty()) {
            return;
        }
        long pid = orphan.get().pid();
        LOG.warn("stopping the PostgreSQL of a killed node pid={}", pid);
        if (!programs.stopServer()) {
            throw new LaunchException("PostgreSQL (pid " + pid + ") of a killed node does not stop and uses "
                    + files.data() + ": stop that process");
        }
    }

    /** Creates data, role and database at the first start, and a password if its file is missing or empty. Returns it. */
    private static String prepareData(PostgresFiles files, PostgresPrograms programs)
            throws IOException, InterruptedException {
        boolean fresh = files.isFresh();
        if (fresh) {
            files.markIncomplete();
            programs.initdb();
        }
        files.writeAccessRules();
        Optional<String> kept = fresh ? Optional.empty() : files.password();
        if (kept.isPresent()) {
            return kept.get();
        }
        String password = randomPassword();
        programs.execute(
                fresh
                        ? List.of(
                                "CREATE ROLE " + NAME + " LOGIN PASSWORD '" + password + "'",
                                "CREATE DATABASE " + NAME + " OWNER " + NAME)
                        : List.of("ALTER ROLE " + NAME + " PASSWORD '" + password + "'"));
        files.writePassword(password);
        files.markComplete();
        return password;
    }

    private static String randomPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void stopIfRunning(PostgresFiles files, PostgresPrograms programs) throws IOException {
        if (files.server().isPresent() && !programs.stopServer()) {
            throw new IOException("PostgreSQL does not stop");
        }
    }

    /** Returns the same settings with this server's address, role and password. */
    public PostgresConfig addressed(PostgresConfig settings) {
        return settings.at("postgresql://127.0.0.1:" + port + "/" + NAME, NAME, password);
    }

    @Override
    public void close() {
        try {
            stopIfRunning(files, programs);
            lock.close();
        } catch (IOException e) {
            LOG.warn("the embedded PostgreSQL did not stop cleanly; the next start recovers it", e);
        }
    }
}
