package bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** CPU time and memory as the kernel counts them; ticks of 10 ms (proc(5): USER_HZ is 100 everywhere on Linux). */
final class Proc {
    static final int TICKS_PER_SECOND = 100;

    private static final Path ROOT = Path.of("/proc");

    // Fields of /proc/PID/stat, counted from the one after the name in parentheses.
    private static final int PARENT = 1;
    private static final int UTIME = 11;
    private static final int STIME = 12;
    private static final int CHILDREN_UTIME = 13;
    private static final int CHILDREN_STIME = 14;

    private Proc() {}

    /**
     * The machine as a whole since it started.
     *
     * @param total of every kind, idle included
     * @param worked by processes, in user space and for them in the kernel; without interrupts
     * @param stolen by the hypervisor
     */
    record Machine(long total, long worked, long stolen) {}

    /** One process: its parent, its own ticks, and those of its children that have ended. */
    private record Ticks(long parent, long own, long ended) {}

    static Machine machine() {
        String[] fields =
                read(ROOT.resolve("stat")).lines().findFirst().orElseThrow().split("\\s+");
        long total = 0;
        // user nice system idle iowait irq softirq steal; guests are part of user
        for (int i = 1; i <= 8; i++) {
            total += Long.parseLong(fields[i]);
        }
        long worked = Long.parseLong(fields[1]) + Long.parseLong(fields[2]) + Long.parseLong(fields[3]);
        return new Machine(total, worked, Long.parseLong(fields[8]));
    }

    /** Ticks of the processes and everything below them, those that have ended included. */
    static long ticks(Collection<Long> roots) {
        Map<Long, Ticks> all = processes();
        Map<Long, Set<Long>> children = new HashMap<>();
        all.forEach((pid, ticks) -> children.computeIfAbsent(ticks.parent(), parent -> new HashSet<>())
                .add(pid));
        Set<Long> seen = new HashSet<>();
        Deque<Long> open = new ArrayDeque<>(roots);
        long sum = 0;
        while (!open.isEmpty()) {
            Long pid = open.remove();
            Ticks ticks = all.get(pid);
            if (ticks != null && seen.add(pid)) {
                sum += ticks.own() + ticks.ended();
                open.addAll(children.getOrDefault(pid, Set.of()));
            }
        }
        return sum;
    }

    /** Ticks of this process alone. */
    static long ownTicks() {
        return parse(read(ROOT.resolve("self/stat"))).own();
    }

    private static Map<Long, Ticks> processes() {
        Map<Long, Ticks> processes = new HashMap<>();
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(ROOT, "[0-9]*")) {
            for (Path directory : directories) {
                try {
                    processes.put(
                            Long.valueOf(directory.getFileName().toString()),
                            parse(Files.readString(directory.resolve("stat"))));
                } catch (IOException e) {
                    continue; // It ended meanwhile.
                }
            }
        } catch (IOException e) {
            throw new BenchException("/proc cannot be read", e);
        }
        return processes;
    }

    private static Ticks parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return new Ticks(
                Long.parseLong(fields[PARENT]),
                Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]),
                Long.parseLong(fields[CHILDREN_UTIME]) + Long.parseLong(fields[CHILDREN_STIME]));
    }

    /** Resident memory of the process and everything below it, in MB of 1024 KB. */
    static long residentMegabytes(long pid) {
        long kilobytes = resident(pid);
        for (Map.Entry<Long, Ticks> process : processes().entrySet()) {
            if (process.getValue().parent() == pid) {
                kilobytes += resident(process.getKey());
            }
        }
        return kilobytes / 1024;
    }

    private static long resident(long pid) {
        return read(ROOT.resolve(pid + "/status"))
                .lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElse(0);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BenchException(file + " cannot be read", e);
        }
    }
}
