package bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Gatehouse as the container image runs it: the packaged jar and the flags of the Dockerfile, in a process of its own. */
final class Node {
    private static final Path HOME = Path.of("").toAbsolutePath();
    private static final Path CACHE = HOME.resolve("target/bench/gatehouse.jsa");
    static final Path JAR = HOME.resolve("target/gatehouse.jar");
    private static final int POLL_MILLIS = 5;

    private final Process process;
    private final int http;
    private final int https;
    private final int admin;
    private final double readySeconds;

    private Node(Process process, int http, int https, int admin, double readySeconds) {
        this.process = process;
        this.http = http;
        this.https = https;
        this.admin = admin;
        this.readySeconds = readySeconds;
    }

    /** Starts a node, its listeners on free ports of loopback and one event loop, and waits until it is ready. */
    static Node start(
            Processes processes,
            Settings settings,
            String name,
            List<String> java,
            String roles,
            Map<String, String> variables) {
        int[] ports = Processes.freePorts(4);
        Map<String, String> all = new LinkedHashMap<>();
        all.put("GATEHOUSE_ROLES", roles);
        all.put("GATEHOUSE_PROXY_HTTP", "127.0.0.1:" + ports[0]);
        all.put("GATEHOUSE_PROXY_HTTPS", "127.0.0.1:" + ports[1]);
        all.put("GATEHOUSE_ADMIN_HTTP", "127.0.0.1:" + ports[2]);
        all.put("GATEHOUSE_STATUS_HTTP", "127.0.0.1:" + ports[3]);
        all.put("GATEHOUSE_PROXY_INSTANCES", "1");
        all.put("GATEHOUSE_TRANSPORT", settings.transport());
        all.put("GATEHOUSE_LOG_FORMAT", "json");
        all.put(
                "GATEHOUSE_DATA_DIR",
                processes.work().resolve(name).toAbsolutePath().toString());
        all.putAll(variables);
        long begin = System.nanoTime();
        Process process = processes.start(name, java, all);
        long[] ready = {0};
        processes.await(name, process, POLL_MILLIS, () -> {
            boolean is = Http.status(ports[3], "/ready") == 200;
            ready[0] = System.nanoTime();
            return is;
        });
        double seconds = (double) (ready[0] - begin) / TimeUnit.SECONDS.toNanos(1);
        return new Node(process, ports[0], ports[1], ports[2], seconds);
    }

    /** The command of the image's ENTRYPOINT, on a machine of that much memory. */
    static List<String> java(Settings settings, boolean withCache) {
        return java(settings, JAR, withCache);
    }

    /** The same for the jar of another checkout, without its cache. */
    static List<String> java(Settings settings, Path jar) {
        return java(settings, jar, false);
    }

    private static List<String> java(Settings settings, Path jar, boolean withCache) {
        List<String> command = new ArrayList<>();
        for (String word : entrypoint()) {
            if (word.equals("java")) {
                command.add(program());
                command.add("-XX:MaxRAM=" + settings.memory());
            } else if (withCache || !word.contains("SharedArchiveFile")) {
                command.add(word.replace("/app/gatehouse.jsa", CACHE.toString())
                        .replace("/app/gatehouse.jar", jar.toString()));
            }
        }
        return command;
    }

    /** As the Dockerfile has them: nothing here can differ from what users run. */
    static List<String> entrypoint() {
        try {
            Matcher words = Pattern.compile("\"([^\"]*)\"")
                    .matcher(Files.readString(HOME.resolve("Dockerfile"))
                            .lines()
                            .filter(line -> line.startsWith("ENTRYPOINT"))
                            .findFirst()
                            .orElseThrow());
            return words.results().map(word -> word.group(1)).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String program() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** Records the cache as the Dockerfile does. */
    static void recordCache(Processes processes) {
        if (CACHE.toFile().lastModified() > JAR.toFile().lastModified()) {
            return;
        }
        int[] ports = Processes.freePorts(4);
        Process process = processes.start(
                "train",
                List.of("src/main/docker/train", CACHE.toString(), JAR.toString(), JAR.toString()),
                Map.of(
                        "JAVA_HOME",
                        System.getProperty("java.home"),
                        "GATEHOUSE_PROXY_HTTP",
                        "127.0.0.1:" + ports[0],
                        "GATEHOUSE_PROXY_HTTPS",
                        "127.0.0.1:" + ports[1],
                        "GATEHOUSE_ADMIN_HTTP",
                        "127.0.0.1:" + ports[2],
                        "GATEHOUSE_STATUS_HTTP",
                        "127.0.0.1:" + ports[3]));
        try {
            if (process.waitFor() != 0) {
                throw new BenchException("no cache was recorded, more in " + processes.log("train"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    void stop() {
        try {
            Processes.stop(process);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    String url(String path) {
        return "http://127.0.0.1:" + http + path;
    }

    int httpPort() {
        return http;
    }

    String tlsUrl(String path) {
        return "https://127.0.0.1:" + https + path;
    }

    String adminUrl(String path) {
        return "http://127.0.0.1:" + admin + path;
    }

    /** From the start of the process to the first yes of {@code /ready}, asked every five milliseconds. */
    double readySeconds() {
        return readySeconds;
    }

    long pid() {
        return process.pid();
    }
}
