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

/** {@code ./gatehouse demo}: the first five minutes against the running node, or one started for it. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        versionProvider = GatehouseCommand.PrintedVersion.class,
        description = "Protect an API, get a token and call it: each request as a curl line with its response. Uses the"
                + " node that runs here, or starts one for the demo.")
final class DemoCommand implements Callable<Integer> {
    private final GatehouseCommand gatehouse;

    DemoCommand(GatehouseCommand gatehouse) {
        this.gatehouse = gatehouse;
    }

    @Override
    public Integer call() throws LaunchException {
        GatehouseConfig config = gatehouse.load().config();
        PrintStream out = System.out;
        Demo demo = demo(config, out);
        if (demo.isNodeThere()) {
            out.println("Using the node that runs here.\n");
            perform(demo);
            out.println("Try next: the same by hand with your own API, as in README.md");
            return 0;
        }
        out.println("No node runs here: starting one for the demo.\n");
        try (Launcher launcher = new Launcher(config)) {
            launcher.start();
            out.println();
            perform(demo);
        }
        out.println("Try next: ./gatehouse, then the same by hand with your own API, as in README.md");
        return 0;
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
        boolean here = address.isLoopback()
                || address.host().equals("0.0.0.0")
                || address.host().equals("::");
        return scheme + "://" + new ListenAddress(here ? "localhost" : address.host(), address.port());
    }

    private static void perform(Demo demo) throws LaunchException {
        try {
            demo.run();
        } catch (IOException e) {
            throw new LaunchException("the demo stopped: " + e.getMessage(), e);
        }
    }
}
