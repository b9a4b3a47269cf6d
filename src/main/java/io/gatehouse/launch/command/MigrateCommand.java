package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.store.Migrations;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code ./gatehouse migrate}: the step before a roll-out. A node does the same at its start; a step of its own fails
 * where everybody sees it, and no probe ends it half way.
 */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Bring the database of postgres.url to the schema of this version, and stop. Any number may run"
                + " at once: one does the work, the others wait for it.")
final class MigrateCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    @Spec
    private @Nullable CommandSpec spec;

    MigrateCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws LaunchException {
        PostgresConfig postgres = gatehouse.load().config().postgres();
        if (postgres.url() == null) {
            throw new ConfigException("postgres.url is not set, expected the database to migrate: set"
                    + " GATEHOUSE_POSTGRES_URL (an embedded PostgreSQL is migrated by the node that starts it)");
        }
        String version = migrate(postgres);
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("the database has schema version " + version);
            out.flush();
        }
        return 0;
    }

    private static String migrate(PostgresConfig postgres) throws LaunchException {
        try {
            return Migrations.run(postgres);
        } catch (IllegalStateException e) {
            throw new LaunchException(String.valueOf(e.getMessage()), e);
        }
    }
}
