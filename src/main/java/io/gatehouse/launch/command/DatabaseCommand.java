package io.gatehouse.launch.command;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.postgres.EmbeddedDatabase;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Implements {@code ./gatehouse database}: the embedded PostgreSQL without a node, for several nodes on one machine. */
@Command(
        name = "database",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description =
                "Run the embedded PostgreSQL of the data directory until Ctrl-C, and print the settings of nodes that use"
                        + " it. Each of these nodes needs a data directory of its own.")
final class DatabaseCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    DatabaseCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws LaunchException, InterruptedException {
        GatehouseConfig config = gatehouse.load().config();
        try (OrderlyEnd end = OrderlyEnd.register();
                EmbeddedDatabase database = EmbeddedDatabase.start(config.dataDir())) {
            PostgresConfig settings = database.addressed(config.postgres());
            System.out.println("GATEHOUSE_POSTGRES_URL=" + settings.url());
            System.out.println("GATEHOUSE_POSTGRES_USER=" + settings.user());
            System.out.println("GATEHOUSE_POSTGRES_PASSWORD=" + settings.password());
            System.out.flush();
            end.await();
        }
        return 0;
    }
}
