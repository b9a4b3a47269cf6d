package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.store.PostgresWait;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Implements {@code ./gatehouse migrate}: migrates the database before a roll-out.
 *
 * <p><i>Why</i>: every node migrates at its start. A separate step fails before the roll-out begins, and no probe ends it.
 */
@Command(
        name = "migrate",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Migrate the database of postgres.url to the schema of this version, and exit. If several run at"
                + " once, one migrates and the others wait for it.")
final class MigrateCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    @Option(
            names = "--wait",
            paramLabel = "DURATION",
            description = "how long to wait for a database that is not reachable, such as 10m [0]")
    private String wait = "0";

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
        String version = migrate(PostgresWait.of(postgres, ConfigLoader.duration("--wait", wait)));
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("the database has schema version " + version);
            out.flush();
        }
        return 0;
    }

    private static String migrate(PostgresWait database) throws LaunchException {
        try {
            return database.migrate();
        } catch (IllegalStateException e) {
            throw new LaunchException(String.valueOf(e.getMessage()), e);
        }
    }
}
