package io.gatehouse.launch.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The PostgreSQL server that runs in a data directory of ours, found by its {@code postmaster.pid}. */
public record Postmaster(ProcessHandle process, Path pgData) {
    private static final int FAST_SECONDS = 60;
    private static final int IMMEDIATE_SECONDS = 10;

    /**
     * The live one. A number in the file is no proof: after a restart of the machine or the container it may belong to
     * anybody, so the process has to be a postgres with this very directory on its command line.
     */
    public static Optional<Postmaster> in(Path pgData) {
        try {
            List<String> lines = Files.readAllLines(pidFile(pgData));
            return lines.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(lines.get(0).strip()))
                            .filter(process -> serves(process, pgData))
                            .map(process -> new Postmaster(process, pgData));
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Whether the last server in this directory did not come to shut down: it will recover from its log. */
    public static boolean wasKilled(Path pgData) {
        return Files.exists(pidFile(pgData));
    }

    /** For a file whose server is gone: PostgreSQL itself would be misled by a process that took over the number. */
    static void invalidate(Path pgData) throws IOException {
        Files.deleteIfExists(pidFile(pgData));
    }

    private static Path pidFile(Path pgData) {
        return pgData.resolve("postmaster.pid");
    }

    private static boolean serves(ProcessHandle process, Path pgData) {
        ProcessHandle.Info info = process.info();
        boolean postgres = info.command()
                .map(command -> Path.of(command).endsWith("postgres"))
                .orElse(false);
        return process.isAlive()
                && postgres
                && info.arguments()
                        .map(arguments -> List.of(arguments).contains(pgData.toString()))
                        .orElse(false);
    }

    /** Ends it without losing a committed row: disconnects clients, writes out, exits; if that takes too long, at once. */
    public boolean stop() throws IOException, InterruptedException {
        return stop("INT", FAST_SECONDS) || stop("QUIT", IMMEDIATE_SECONDS);
    }

    private boolean stop(String signal, int seconds) throws IOException, InterruptedException {
        // Java can send only SIGTERM (which waits for clients for ever) and SIGKILL; the shell has kill built in.
        new ProcessBuilder("sh", "-c", "kill -" + signal + " " + process.pid())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
        // Not onExit(): where nobody collects orphans, as in many containers, a dead one stays a process for ever.
        Instant deadline = Instant.now().plusSeconds(seconds);
        while (serves(process, pgData) && Instant.now().isBefore(deadline)) {
            Thread.sleep(20);
        }
        return !serves(process, pgData);
    }
}
