package io.gatehouse.launch.postgres;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.datadir.DataDirectoryLock;
import io.gatehouse.launch.datadir.PrivateFiles;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.PostgresUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of our own for one machine: its data lives in the data directory and survives restarts, crashes and
 * {@code kill -9}.
 */
public final class EmbeddedDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedDatabase.class);

    private final DataDirectoryLock lock;
    private final PostgresServer server;

    private EmbeddedDatabase(DataDirectoryLock lock, PostgresServer server) {
        this.lock = lock;
        this.server = server;
    }

    /** Starts the server, or fails having started nothing. */
    public static EmbeddedDatabase start(Path dataDir) throws LaunchException {
        if (!isPackaged()) {
            throw new ConfigException(
                    "postgres.url (GATEHOUSE_POSTGRES_URL) is not set, and this package has no embedded"
                            + " PostgreSQL: set it to " + PostgresUrl.EXPECTED);
        }
        try {
            PrivateFiles.createDirectory(dataDir);
            // One spelling of the path: the process that an earlier start left is recognised by it.
            Path directory = dataDir.toRealPath();
            DataDirectoryLock lock = DataDirectoryLock.acquire(directory);
            try {
                return new EmbeddedDatabase(lock, startServer(directory));
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

    /** The container image leaves the binaries out, and the library with them. */
    private static boolean isPackaged() {
        try {
            Class.forName(
                    "io.zonky.test.db.postgres.embedded.EmbeddedPostgres",
                    false,
                    EmbeddedDatabase.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }

    private static PostgresServer startServer(Path directory) throws IOException, LaunchException {
        PostgresFiles files = new PostgresFiles(directory);
        Path pgData = files.data();
        String user = System.getProperty("user.name", "");
        if (Files.exists(pgData) && !Files.getOwner(pgData).getName().equals(user)) {
            throw new LaunchException("data directory " + directory + " belongs to user "
                    + Files.getOwner(pgData).getName() + ": start Gatehouse as that user or set data-dir"
                    + " (GATEHOUSE_DATA_DIR)");
        }
        stopOrphan(pgData);
        return PostgresServer.start(files);
    }

    /** A killed node could not stop its server. The lock was free, so nobody uses that one any more. */
    private static void stopOrphan(Path pgData) throws IOException, LaunchException {
        var orphan = Postmaster.in(pgData);
        if (orphan.isEmpty()) {
            return;
        }
        long pid = orphan.get().process().pid();
        LOG.warn("stopping PostgreSQL (pid {}), which a killed Gatehouse left running", pid);
        try {
            if (!orphan.get().stop()) {
                throw new LaunchException("PostgreSQL (pid " + pid + "), which a killed Gatehouse left running in "
                        + pgData + ", does not stop: stop it by hand");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("interrupted while stopping PostgreSQL (pid " + pid + ")", e);
        }
    }

    /** The same settings, pointing at this server. */
    public PostgresConfig addressed(PostgresConfig settings) {
        return settings.at(server.url(), PostgresServer.USER, server.password());
    }

    @Override
    public void close() {
        try {
            server.close();
            lock.close();
        } catch (IOException e) {
            LOG.warn("the embedded PostgreSQL did not stop cleanly; the next start recovers it", e);
        }
    }
}
