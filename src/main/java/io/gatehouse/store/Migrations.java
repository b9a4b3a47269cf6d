package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.postgres.JdbcConnections;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/**
 * Migrates the database to the schema of this version.
 *
 * <p><i>Threading</i>: blocks, because Flyway uses JDBC. It runs once, before a start.
 */
public final class Migrations {
    private Migrations() {}

    /** Reports that the server does not respond, or accepts no connections yet. A later attempt may succeed. */
    public static final class Unreachable extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        Unreachable(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /**
     * Applies the missing migrations. Several nodes may call it at the same time: Flyway's lock admits one.
     *
     * @return the version of the schema, such as "12"
     * @throws Unreachable if the database cannot be reached and may be later
     * @throws IllegalStateException if the database is newer than this version, or rejects the connection
     */
    public static String run(PostgresConfig config) {
        JdbcConnections connections = new JdbcConnections(config);
        try {
            Flyway flyway = Flyway.configure()
                    .dataSource(connections)
                    .locations("classpath:db/migration")
                    .javaMigrations(new PasswordMigration())
                    .connectRetries(2)
                    .load();
            refuseNewer(flyway);
            connections.requireSession();
            flyway.migrate();
            MigrationInfo current = flyway.info().current();
            return current == null ? "0" : String.valueOf(current.getVersion());
        } catch (FlywayException | SQLException e) {
            String message = "cannot prepare the database at " + config.host() + "/" + config.database() + ": "
                    + JdbcConnections.reason(e);
            throw JdbcConnections.isUnreachable(e)
                    ? new Unreachable(message, e)
                    : new IllegalStateException(message, e);
        }
    }

    private static void refuseNewer(Flyway flyway) {
        for (MigrationInfo migration : flyway.info().all()) {
            if (migration.getState().isApplied() && !migration.getState().isResolved()) {
                throw new IllegalStateException("the database has schema version " + migration.getVersion()
                        + ", which is newer than this Gatehouse: start the newer version");
            }
        }
    }
}
