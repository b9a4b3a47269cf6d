package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.postgres.JdbcConnections;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Migrates the database to the schema of this version.
 *
 * <p>A newer schema is used as it is if this version can use it, so that a roll-out can be reverted. A migration that an older
 * version cannot use states the oldest schema version whose nodes can: its description ends with {@code needs 21}
 * (docs/releasing.md#migrations).
 *
 * <p><i>Threading</i>: blocks, because Flyway uses JDBC. It runs once, before a start.
 */
public final class Migrations {
    private static final Logger LOG = LoggerFactory.getLogger(Migrations.class);
    private static final Pattern NEEDS = Pattern.compile("(?:.* )?needs (\\d{1,9})");

    /**
     * How long a node waits for another one that migrates; Flyway tries once per second. The server releases the lock of one that
     * has ended.
     */
    private static final int LOCK_SECONDS = 3_600;

    /** How often a migration tries to lock a table that a longer transaction uses, such as that of a backup. */
    private static final int LOCKED_ATTEMPTS = 20;

    private static final long PAUSE_MILLIS = 1_000;

    private Migrations() {}

    /**
     * Reports that the server does not respond or accepts no connections yet, or that another session holds a lock. A later attempt
     * may succeed.
     */
    public static final class Unreachable extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Applies the missing migrations. Several nodes may call it at the same time: Flyway's lock admits one.
     *
     * @return the version of the schema, such as "12"; a later one than this version's if that is in the database
     * @throws Unreachable if the database cannot be reached and may be later
     * @throws IllegalStateException if this version cannot use the schema of a newer one, or the database rejects the connection
     */
    public static String run(PostgresConfig config) {
        JdbcConnections connections = new JdbcConnections(config);
        for (int attempt = 1; ; attempt++) {
            try {
                return migrate(connections);
            } catch (FlywayException | SQLException e) {
                if (!JdbcConnections.isLocked(e) || attempt == LOCKED_ATTEMPTS || !pause()) {
                    throw explained(e, config);
                }
                LOG.warn("A migration waits for a lock that another session holds; trying again");
            }
        }
    }

    /**
     * Opens a connection once and closes it. Returns the version of the server.
     *
     * @throws Unreachable if the database cannot be reached and may be later
     * @throws IllegalStateException if the database rejects the connection
     */
    static String connect(PostgresConfig config) {
        try (Connection connection = new JdbcConnections(config).getConnection()) {
            return connection.getMetaData().getDatabaseProductVersion();
        } catch (SQLException e) {
            throw explained(e, config);
        }
    }

    private static String migrate(JdbcConnections connections) throws SQLException {
        Flyway flyway = flyway(connections).load();
        checkNewer(flyway.info().all());
        connections.requireSession();
        flyway.migrate();
        MigrationInfo current = flyway.info().current();
        return current == null ? "0" : String.valueOf(current.getVersion());
    }

    private static IllegalStateException explained(Exception failure, PostgresConfig config) {
        String message = "cannot prepare the database at " + config.host() + "/" + config.database() + ": "
                + JdbcConnections.reason(failure);
        return JdbcConnections.isUnreachable(failure)
                ? new Unreachable(message, failure)
                : new IllegalStateException(message, failure);
    }

    /** Lets the statements of nodes run that waited behind a migration. Returns false if the thread is interrupted. */
    private static boolean pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    static FluentConfiguration flyway(JdbcConnections connections) {
        return Flyway.configure()
                .dataSource(connections)
                .locations("classpath:db/migration")
                .javaMigrations(new PasswordMigration())
                .connectRetries(2)
                .lockRetryCount(LOCK_SECONDS);
    }

    /** Checks the migrations that a newer version has applied. */
    private static void checkNewer(MigrationInfo[] migrations) {
        MigrationVersion own =
                newest(migrations, migration -> migration.getState().isResolved());
        for (MigrationInfo migration : migrations) {
            if (isUnknown(migration) && !isUsable(migration, own)) {
                throw new IllegalStateException("the database has schema version " + migration.getVersion()
                        + ", which this Gatehouse of schema version " + own + " cannot use: start the newer version");
            }
        }
        MigrationVersion theirs = newest(migrations, Migrations::isUnknown);
        if (theirs.compareTo(own) > 0) {
            LOG.warn("The database has the schema of a newer version; using it schema={} own={}", theirs, own);
        }
    }

    private static MigrationVersion newest(MigrationInfo[] migrations, Predicate<MigrationInfo> which) {
        return Arrays.stream(migrations)
                .filter(which)
                .map(MigrationInfo::getVersion)
                .filter(Objects::nonNull)
                .max(Comparator.naturalOrder())
                .orElse(MigrationVersion.EMPTY);
    }

    private static boolean isUnknown(MigrationInfo migration) {
        return migration.getState().isApplied() && !migration.getState().isResolved();
    }

    private static boolean isUsable(MigrationInfo migration, MigrationVersion own) {
        if (migration.getState() != MigrationState.FUTURE_SUCCESS) {
            return false;
        }
        Matcher needs = NEEDS.matcher(migration.getDescription());
        return !needs.matches() || MigrationVersion.fromVersion(needs.group(1)).compareTo(own) <= 0;
    }
}
