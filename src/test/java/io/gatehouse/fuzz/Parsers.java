package io.gatehouse.fuzz;

import io.gatehouse.fuzz.parser.Describer;
import io.gatehouse.fuzz.parser.JdkParser;
import io.gatehouse.fuzz.parser.JettyParser;
import io.gatehouse.fuzz.parser.Parser;
import io.gatehouse.fuzz.parser.ProcessParser;
import io.gatehouse.fuzz.wire.ParsedRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Holds the parsers that this machine has. Prints the name of each one that it does not have. */
final class Parsers implements AutoCloseable {
    private final List<Replay> replays = new ArrayList<>();
    private final Describer describer = new Describer();

    private Parsers() throws IOException {}

    /** Creates the parsers that need no compilation. */
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

    /** Creates all parsers, also the one that is compiled first. */
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
            System.out.println("NOT CHECKED: the requests that " + command + " parses, because it is not installed");
        }
        return installed;
    }

    private static Path directory() throws Exception {
        return Files.createTempDirectory("gatehouse-parser");
    }

    void compare(Replay.Sample sample) {
        // After CONNECT or an upgrade, some parsers do not read HTTP, whatever they respond.
        ParsedRequest request = sample.request();
        // Jetty replaces a byte beyond ASCII that is not UTF-8.
        boolean isAscii = request.target().chars().allMatch(c -> c < 0x80);
        if (isAscii
                && !request.method().equals("CONNECT")
                && request.values("upgrade").isEmpty()) {
            replays.forEach(replay -> replay.add(sample));
        }
    }

    /** Waits until all requests are compared. Returns the counts. */
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
