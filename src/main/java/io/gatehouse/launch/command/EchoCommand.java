package io.gatehouse.launch.command;

import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.launch.command.demo.EchoUpstream;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Implements {@code ./gatehouse echo}: runs an upstream for a first test of a gateway. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Run an upstream that responds with the request it received, until Ctrl-C.")
final class EchoCommand implements Callable<Integer> {
    @Option(
            names = "--host",
            defaultValue = "127.0.0.1",
            description = "address to listen on, such as 0.0.0.0 in a container [${DEFAULT-VALUE}]")
    private String host = "127.0.0.1";

    @Option(names = "--port", defaultValue = "9000", description = "port to listen on [${DEFAULT-VALUE}]")
    private int port;

    @Override
    public Integer call() throws LaunchException, InterruptedException {
        try (EchoUpstream upstream = EchoUpstream.start(new ListenAddress(host, port))) {
            System.out.println("echoing on http://" + new ListenAddress(host, upstream.port()));
            new CountDownLatch(1).await();
            return 0;
        } catch (IOException | IllegalArgumentException e) {
            throw new LaunchException(
                    "the echo upstream cannot listen on port " + port + " of " + host
                            + ": choose another --port or --host",
                    e);
        }
    }
}
