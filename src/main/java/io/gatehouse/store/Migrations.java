package io.gatehouse.store;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.store.postgres.JdbcConnections;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** Brings the database to the schema this version needs. Blocking: Flyway speaks JDBC, and runs once, before a start. */
public final class Migrations {
    private Migrations() {}

    /**
     * Applies what is missing; several nodes may call it at once, Flyway's lock lets one do the work.
     *
     * @return the version of the schema, such as "12"
     * @throws IllegalStateException when the database is newer than this version, or cannot be reached
     */
    public static String run(PostgresConfig config) {
        try {
            Flyway flyway = Flyway.configure()
                    .dataSource(new JdbcConnections(config))
                    .locations("classpath:db/migration")
                    .connectRetries(2)
                    .load();
            refuseNewer(flyway);
            flyway.migrate();
            MigrationInfo current = flyway.info().current();
            return current == null ? "0" : String.valueOf(current.getVersion());
        } catch (FlywayException e) {
            throw new IllegalStateException(
                    "cannot prepare the database at " + config.host() + "/" + config.database() + ": "
                            + JdbcConnections.reason(e),
                    e);
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
