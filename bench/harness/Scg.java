package bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Spring Cloud Gateway, of bench/scg: the same JVM, collector and memory as a node of Gatehouse, one event loop. */
final class Scg {
    private final Process process;
    private final int port;

    private Scg(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static Scg start(Processes processes, Settings settings, String upstream, String token) {
        int port = Processes.freePort();
        List<String> command = new ArrayList<>();
        for (String word : Node.java(settings, false)) {
            if (word.equals("-jar")) {
                command.add("-Dreactor.netty.ioWorkerCount=1");
                command.add("-jar");
                command.add(Path.of("bench/scg/target/scg.jar").toString());
                break;
            }
            command.add(word);
        }
        command.add("--server.port=" + port);
        command.add("--bench.upstream=http://" + upstream);
        command.add("--bench.token=" + token);
        Process process = processes.start("scg", command, Map.of());
        // Refuses this request, which has no token, as soon as it is there.
        processes.await("scg", process, 100, () -> Http.status(port, "/protected") == 401);
        return new Scg(process, port);
    }

    String url(String path) {
        return "http://127.0.0.1:" + port + path;
    }

    long pid() {
        return process.pid();
    }
}
