package io.gatehouse.fuzz;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All parsers there are on this machine. Those that are not are named in the output. */
final class Parsers implements AutoCloseable {
    private final List<Replay> replays = new ArrayList<>();
    private final Describer describer = new Describer();

    Parsers(Findings findings) throws Exception {
        add(new JettyParser(), findings);
        add(new JdkParser(), findings);
        if (isInstalled("nginx")) {
            add(ProcessParser.nginx(directory(), describer.port()), findings);
        }
        if (isInstalled("node")) {
            add(ProcessParser.node(directory()), findings);
        }
        if (isInstalled("go")) {
            add(ProcessParser.go(directory()), findings);
        }
    }

    private void add(Parser parser, Findings findings) {
        replays.add(new Replay(parser, findings));
    }

    private static boolean isInstalled(String command) {
        boolean installed = ProcessParser.isInstalled(command);
        if (!installed) {
            System.out.println("NOT CHECKED: what " + command + " sees of each request, because it is not installed");
        }
        return installed;
    }

    private static Path directory() throws Exception {
        return Files.createTempDirectory("gatehouse-parser");
    }

    void compare(Replay.Sample sample) {
        // CONNECT is a tunnel to a parser, whatever its target.
        if (!sample.request().method().equals("CONNECT")) {
            replays.forEach(replay -> replay.add(sample));
        }
    }

    /** Waits until all is compared; how much that was. */
    List<String> finish() throws InterruptedException {
        List<String> counts = new ArrayList<>();
        for (Replay replay : replays) {
            counts.add(replay.finish());
        }
        return counts;
    }

    @Override
    public void close() throws Exception {
        for (Replay replay : replays) {
            replay.close();
        }
        describer.close();
    }
}
