package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.declarative.AdminClient;
import io.gatehouse.declarative.Exporter;
import io.gatehouse.declarative.StateException;
import io.gatehouse.launch.datadir.PrivateFiles;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Implements {@code ./gatehouse export}: writes the gateway's state to a file. */
@Command(
        name = "export",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Write the gateway's state in decK's format, secrets included.")
final class ExportCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    @Mixin
    private final AdminOptions admin = new AdminOptions();

    @Option(
            names = "--kong",
            description =
                    "write a file for Kong and decK: with ids, without the fields that Kong does not have. Each value that"
                            + " is left out is named on standard error")
    private boolean kong;

    @Parameters(
            paramLabel = "FILE",
            arity = "0..1",
            description = "file to write, readable only by you [standard output]")
    private @Nullable Path file;

    ExportCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws LaunchException {
        try {
            AdminClient client = admin.client(gatehouse.load().config());
            Exporter.Reader reader = kong ? Exporter.Reader.KONG : Exporter.Reader.GATEHOUSE;
            String state = new Exporter(client, reader, System.err::println).run();
            if (file == null) {
                print(state);
            } else {
                PrivateFiles.write(file, state);
            }
            return 0;
        } catch (StateException e) {
            throw new LaunchException(String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new LaunchException(
                    "cannot write " + (file == null ? "standard output" : file) + ": " + e.getMessage(), e);
        }
    }

    /**
     * Writes the file to standard output.
     *
     * <p><i>Why</i> as bytes: the stream replaces each character that the locale does not have, such as that of cron or systemd.
     */
    private static void print(String state) throws IOException {
        PrintStream out = System.out;
        out.write(state.getBytes(StandardCharsets.UTF_8));
        // The stream throws no exception if the disk is full or the reader has gone.
        if (out.checkError()) {
            throw new IOException("the file is incomplete");
        }
    }
}
