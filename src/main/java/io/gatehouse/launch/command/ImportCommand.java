package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.declarative.AdminClient;
import io.gatehouse.declarative.Importer;
import io.gatehouse.declarative.Report;
import io.gatehouse.declarative.StateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Implements {@code ./gatehouse import}: brings a gateway to the state that a file describes. */
@Command(
        name = "import",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Bring the gateway to the state of a file in decK's format: create missing entities, update"
                + " different ones, delete those that the file does not have.")
final class ImportCommand implements Callable<Integer> {
    private static final int PROGRESS_EVERY = 500;

    private final GatehouseCommand gatehouse;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Option(names = "--dry-run", description = "print the changes without making them")
    private boolean dryRun;

    @Parameters(paramLabel = "FILE", description = "YAML with _format_version: \"3.0\"")
    private Path file = Path.of("");

    ImportCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws LaunchException {
        AdminClient client = admin.client(gatehouse.load().config());
        Importer importer = new Importer(client, dryRun, (done, all) -> {
            if (done % PROGRESS_EVERY == 0) {
                System.err.println(done + " of " + all);
            }
        });
        try {
            Report report = importer.run(Files.readString(file));
            report.changes().forEach(System.out::println);
            System.out.println((dryRun ? "would have " : "") + report.summary());
            return 0;
        } catch (StateException e) {
            throw new LaunchException(file + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new LaunchException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }
}
