package bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** Everything a run starts, and the promise that none of it outlives the run, however that ends. */
final class Processes implements AutoCloseable {
    private static final Duration STOP = Duration.ofSeconds(25);
    private static final Duration START = Duration.ofSeconds(120);

    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private final Path work;
    /** Let go of, it would be unlocked. */
    private final FileLock lock;

    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final List<Long> pids = new ArrayList<>();
    private boolean closed;

    /** What was started last is stopped first; the hook is for Ctrl-C. */
    Processes(Path work) {
        this.work = work;
        this.lock = lock(work.resolveSibling("lock"));
        deleteWork();
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "stop"));
    }

    /** Two runs at once would measure each other, and delete each other's data. The lock goes with this process. */
    private static FileLock lock(Path file) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            FileLock lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .tryLock();
            if (lock == null) {
                throw new BenchException("another run is in progress");
            }
            return lock;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Logs and data; gone after a run that went well. */
    Path work() {
        return work;
    }

    /** This process, which has most of what it started below it, and what went its own way. */
    synchronized List<Long> pids() {
        List<Long> all = new ArrayList<>(pids);
        all.add(ProcessHandle.current().pid());
        return all;
    }

    /** Starts a process whose output goes to {@code NAME.log}. */
    synchronized Process start(String name, List<String> command, Map<String, String> variables) {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(log(name).toFile());
        builder.environment().keySet().removeIf(key -> key.startsWith("GATEHOUSE_") || key.startsWith("OTEL_"));
        builder.environment().putAll(variables);
        if (closed) {
            throw new BenchException("stopped");
        }
        try {
            Process process = builder.start();
            open.push(() -> stop(process));
            return process;
        } catch (IOException e) {
            throw new BenchException(name + " does not start: " + e.getMessage(), e);
        }
    }

    /** Something else to be closed in its turn, whose process has {@code pid}. */
    synchronized void add(long pid, AutoCloseable resource) {
        pids.add(pid);
        open.push(resource);
    }

    Path log(String name) {
        return work.resolve(name + ".log");
    }

    /** Waits for a condition while the process lives. */
    void await(String name, Process process, int everyMillis, BooleanSupplier condition) {
        long end = System.nanoTime() + START.toNanos();
        while (!condition.getAsBoolean()) {
            if (!process.isAlive() || System.nanoTime() > end) {
                throw new BenchException(name + (process.isAlive() ? " is not ready in time" : " ended at once")
                        + ", more in " + log(name));
            }
            pause(everyMillis);
        }
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /** Runs a program to its end and answers with what it printed. */
    String run(String name, List<String> command) {
        Process process = start(name, command, Map.of());
        try {
            int code = process.waitFor();
            String output = Files.readString(log(name));
            if (code != 0) {
                throw new BenchException(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    static int freePort() {
        return freePorts(1)[0];
    }

    /** Ports that differ, also from those of earlier calls: a node that starts at the same time has not opened its own yet. */
    static int[] freePorts(int count) {
        int[] ports = new int[count];
        Deque<ServerSocket> held = new ArrayDeque<>();
        try {
            for (int i = 0; i < count; ) {
                held.push(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
                ports[i] = held.getFirst().getLocalPort();
                i += GIVEN.add(ports[i]) ? 1 : 0;
            }
            return ports;
        } catch (IOException e) {
            throw new BenchException("no free port", e);
        } finally {
            held.forEach(Processes::close);
        }
    }

    private static void close(ServerSocket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new BenchException("a port is not free again", e);
        }
    }

    /** SIGTERM, and SIGKILL to one that does not listen. */
    static void stop(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    /** For good. */
    @Override
    public synchronized void close() {
        closed = true;
        stopAll();
    }

    /** Everything that was started so far. */
    synchronized void stopAll() {
        pids.clear();
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("not stopped: " + e);
            }
        }
    }

    /** The data of a run that went well; logs of one that failed stay. */
    void deleteWork() {
        try (Stream<Path> paths = Files.walk(Files.createDirectories(work))) {
            for (Path path : paths.filter(path -> !path.equals(work))
                    .sorted(Comparator.reverseOrder())
                    .toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
