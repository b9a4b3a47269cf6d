package io.gatehouse.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All parsers there are on this machine. Those that are not are named in the output. */
final class Parsers implements AutoCloseable {
    private final List<Replay> replays = new ArrayList<>();
    private final Describer describer = new Describer();

    private Parsers() throws IOException {}

    /** Those that start at once. */
    static Parsers quick(Findings findings) throws Exception {
        Parsers parsers = new Parsers();
        parsers.add(new JettyParser(), findings);
        parsers.add(new JdkParser(), findings);
        if (isInstalled("nginx")) {
            parsers.add(ProcessParser.nginx(directory(), parsers.describer.port()), findings);
        }
        if (isInstalled("node")) {
            parsers.add(ProcessParser.node(directory()), findings);
        }
        return parsers;
    }

    /** With the one that has to be compiled first. */
    static Parsers all(Findings findings) throws Exception {
        Parsers parsers = quick(findings);
        if (isInstalled("go")) {
            parsers.add(ProcessParser.go(directory()), findings);
        }
        return parsers;
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
        // What follows CONNECT or an upgrade is no HTTP any more to some parsers, whatever they answer.
        ParsedRequest request = sample.request();
        // Jetty shows a byte beyond ASCII that is no UTF-8 as another character than it was.
        boolean isAscii = request.target().chars().allMatch(c -> c < 0x80);
        if (isAscii
                && !request.method().equals("CONNECT")
                && request.values("upgrade").isEmpty()) {
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
    public void close() throws IOException {
        for (Replay replay : replays) {
            replay.close();
        }
        describer.close();
    }
}
