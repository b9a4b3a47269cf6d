package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.settings.ConfigException;
import io.gatehouse.launch.settings.ConfigLoader;
import io.gatehouse.store.Migrations;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
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
    private static final Logger LOG = LoggerFactory.getLogger(MigrateCommand.class);
    private static final Duration ATTEMPT_PERIOD = Duration.ofSeconds(1);
    private static final Duration LINE_PERIOD = Duration.ofSeconds(10);

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
        String version = migrate(postgres, Instant.now().plus(patience()));
        if (spec != null) {
            PrintWriter out = spec.commandLine().getOut();
            out.println("the database has schema version " + version);
            out.flush();
        }
        return 0;
    }

    private Duration patience() throws ConfigException {
        return ConfigLoader.duration("--wait", wait);
    }

    private static String migrate(PostgresConfig postgres, Instant deadline) throws LaunchException {
        Instant nextLine = Instant.MIN;
        while (true) {
            try {
                return Migrations.run(postgres);
            } catch (Migrations.Unreachable e) {
                Instant now = Instant.now();
                if (!now.isBefore(deadline)) {
                    throw new LaunchException(String.valueOf(e.getMessage()), e);
                }
                if (now.isAfter(nextLine)) {
                    LOG.warn("{}; trying again until {}", e.getMessage(), deadline.truncatedTo(ChronoUnit.SECONDS));
                    nextLine = now.plus(LINE_PERIOD);
                }
                pause();
            } catch (IllegalStateException e) {
                throw new LaunchException(String.valueOf(e.getMessage()), e);
            }
        }
    }

    private static void pause() throws LaunchException {
        try {
            Thread.sleep(ATTEMPT_PERIOD.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("stopped while waiting for the database", e);
        }
    }
}
