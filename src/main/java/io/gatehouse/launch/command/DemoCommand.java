package io.gatehouse.launch.command;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.launch.command.demo.Demo;
import io.gatehouse.launch.command.demo.Transcript;
import io.gatehouse.launch.node.Launcher;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Option;

/** {@code ./gatehouse demo}: the first five minutes against the running node, or one started for it. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Protect an API, get a token and call it: each request as a curl line with its response. Uses the"
                + " node that runs here, or starts one for the demo.")
final class DemoCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    @Option(
            names = "--keep",
            description =
                    "keep the API and its client after the last step, and print the address of the console, until Ctrl-C")
    private boolean keep;

    DemoCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws LaunchException {
        GatehouseConfig config = gatehouse.load().config();
        if (!keep) {
            perform(config, demo -> demo.run());
            return 0;
        }
        String console = url("http", "admin.http", config.admin().http()) + "/console";
        try (OrderlyEnd end = OrderlyEnd.register()) {
            perform(config, demo -> show(demo, console, end));
        }
        return 0;
    }

    /** Performs the steps. */
    private interface Performance {
        void of(Demo demo) throws IOException;
    }

    private void perform(GatehouseConfig config, Performance performance) throws LaunchException {
        PrintStream out = System.out;
        Demo demo = demo(config, out);
        boolean isThere = demo.isNodeThere();
        if (isThere) {
            out.println("Using the node that runs here.\n");
            perform(demo, performance);
        } else {
            out.println("No node runs here: starting one for the demo.\n");
            try (Launcher launcher = new Launcher(config)) {
                launcher.start();
                out.println();
                perform(demo, performance);
            }
        }
        if (!keep) {
            out.println("Try next: " + (isThere ? "" : "./gatehouse, then ")
                    + "the same by hand with your own API, as in README.md");
        }
    }

    /** Keeps the API until a signal. */
    private static void show(Demo demo, String console, OrderlyEnd end) throws IOException {
        try (Demo.Kept kept = demo.runAndKeep()) {
            System.out.println(
                    "The API stays at " + kept.api() + " until Ctrl-C, which deletes it. See it in the console:\n");
            System.out.println("   " + console);
            System.out.flush();
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Demo demo(GatehouseConfig config, PrintStream out) throws LaunchException {
        String token = config.admin().token();
        return new Demo(
                url("http", "admin.http", config.admin().http()),
                url("http", "proxy.http", config.proxy().http()),
                url("https", "proxy.https", config.proxy().https()),
                token,
                // No terminal, or NO_COLOR, and it prints none.
                new Transcript(out, Ansi.AUTO.enabled(), token));
    }

    private static String url(String scheme, String key, @Nullable ListenAddress address) throws LaunchException {
        if (address == null || address.port() == 0) {
            throw new LaunchException("the demo needs " + key + " on a fixed port");
        }
        return scheme + "://" + address.callableByName();
    }

    private static void perform(Demo demo, Performance performance) throws LaunchException {
        try {
            performance.of(demo);
        } catch (IOException e) {
            throw new LaunchException("the demo stopped: " + e.getMessage(), e);
        }
    }
}
