package io.gatehouse.testing;

import io.gatehouse.config.PostgresConfig;
import io.gatehouse.launch.Main;
import io.gatehouse.store.TestDatabase;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Runs a node as a process with a small heap, which is touched completely at the start. Any later growth of its memory is
 * outside the heap, and a full heap ends the process.
 */
public final class SmallNode implements AutoCloseable {
    private static final Pattern LISTENER =
            Pattern.compile("^  (proxy|Admin API|status) +http://127\\.0\\.0\\.1:(\\d+).*");
    private static final int KIB_IN_MIB = 1024;
    private static final int MOST_ERRORS = 100;
    private static final int STOP_SECONDS = 60;

    private final Process process;
    private final Map<String, Integer> ports = new LinkedHashMap<>();
    private final List<String> errors = new CopyOnWriteArrayList<>();

    private SmallNode(Process process) {
        this.process = process;
    }

    /** Starts a node with a heap of 256 MB and a database of its own. */
    public static SmallNode start() throws IOException {
        return start(256, TestDatabase.create(), Map.of());
    }

    /** Starts a node with settings, by the ends of their environment variables' names. */
    public static SmallNode start(int heapMib, PostgresConfig postgres, Map<String, String> settings)
            throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xms" + heapMib + "m",
                        "-Xmx" + heapMib + "m",
                        "-XX:+AlwaysPreTouch",
                        "-XX:+UseParallelGC",
                        "-XX:+ExitOnOutOfMemoryError",
                        "-Djava.util.concurrent.ForkJoinPool.common.parallelism=2",
                        "-cp",
                        classPath(),
                        Main.class.getName())
                .redirectErrorStream(true);
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("GATEHOUSE_"));
        for (String listener : List.of("PROXY_HTTP", "ADMIN_HTTP", "STATUS_HTTP")) {
            environment.put("GATEHOUSE_" + listener, "127.0.0.1:0");
        }
        environment.put("GATEHOUSE_PROXY_HTTPS", "off");
        environment.put("GATEHOUSE_TRANSPORT", TestTransport.setting());
        environment.put("GATEHOUSE_LOG_LEVEL", "warn");
        environment.put("GATEHOUSE_PROXY_INSTANCES", "2");
        environment.put("GATEHOUSE_POSTGRES_URL", String.valueOf(postgres.url()));
        environment.put("GATEHOUSE_POSTGRES_USER", String.valueOf(postgres.user()));
        environment.put("GATEHOUSE_POSTGRES_PASSWORD", String.valueOf(postgres.password()));
        environment.put(
                "GATEHOUSE_DATA_DIR",
                Files.createTempDirectory("gatehouse-test").toString());
        settings.forEach((variable, value) -> environment.put("GATEHOUSE_" + variable, value));
        SmallNode node = new SmallNode(builder.start());
        node.awaitStart();
        return node;
    }

    /** The classes and libraries of a release. The JVM keeps the directory of each JAR: those of the tests' take 8 MB. */
    private static String classPath() throws IOException {
        return Path.of("target", "classes").toAbsolutePath()
                + File.pathSeparator
                + Files.readString(Path.of("target", "runtime.classpath"));
    }

    private void awaitStart() throws IOException {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder all = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            all.append(line).append('\n');
            Matcher listener = LISTENER.matcher(line);
            if (listener.matches()) {
                ports.put(listener.group(1), Integer.valueOf(listener.group(2)));
            } else if (line.contains("try next")) {
                Thread rest = new Thread(() -> output.lines().forEach(this::logged), "output of a node");
                rest.setDaemon(true);
                rest.start();
                return;
            }
        }
        throw new IllegalStateException(all.toString());
    }

    private void logged(String line) {
        System.err.println(line);
        if (line.contains(" ERROR ") && errors.size() < MOST_ERRORS) {
            errors.add(line);
        }
    }

    /** The first errors in the node's log. */
    public List<String> errors() {
        return List.copyOf(errors);
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public int port() {
        return port("proxy");
    }

    /** The URL of a path of the status listener. */
    public String statusUrl(String path) {
        return "http://127.0.0.1:" + port("status") + path;
    }

    /** Sends SIGTERM and returns the exit code. */
    public int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
            throw new IllegalStateException("the node did not stop in " + STOP_SECONDS + " s");
        }
        return process.exitValue();
    }

    private int port(String listener) {
        Integer port = ports.get(listener);
        if (port == null) {
            throw new IllegalStateException(listener + " does not listen");
        }
        return port;
    }

    /** Creates a Service with one Route for a path prefix. */
    public void createApi(String name, String path, int upstreamPort) {
        createApi(
                new JsonObject().put("name", name).put("url", "http://127.0.0.1:" + upstreamPort),
                new JsonObject().put("paths", List.of(path)));
    }

    /** Creates a Service with one Route. */
    public void createApi(JsonObject service, JsonObject route) {
        URI admin = URI.create("http://127.0.0.1:" + port("Admin API"));
        create(admin.resolve("/services"), service);
        create(admin.resolve("/services/" + service.getString("name") + "/routes"), route);
    }

    /** Enables a plugin on a Service. */
    public void enable(String service, String plugin, JsonObject config) {
        URI admin = URI.create("http://127.0.0.1:" + port("Admin API"));
        create(
                admin.resolve("/services/" + service + "/plugins"),
                new JsonObject().put("name", plugin).put("config", config));
    }

    private static void create(URI url, JsonObject body) {
        Http.send(Http.json("POST", url.toString(), body.encode())).isStatus(201);
    }

    /** The memory of the process in MiB. */
    public int rss() {
        return status("VmRSS");
    }

    /** The peak of that memory in MiB. */
    public int highestRss() {
        return status("VmHWM");
    }

    private int status(String field) {
        Matcher value = Pattern.compile(field + ":\\s+(\\d+) kB").matcher(read("status"));
        if (!value.find()) {
            throw new IllegalStateException(field);
        }
        return Integer.parseInt(value.group(1)) / KIB_IN_MIB;
    }

    /** The CPU time of all threads since the start. */
    public Duration cpu() {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    /** The limit of open files and connections of the process. */
    public int openFiles() {
        return openFiles(read("limits"));
    }

    /** The limit of open files and connections of this JVM. */
    public static int ownOpenFiles() throws IOException {
        return openFiles(Files.readString(Path.of("/proc/self/limits")));
    }

    private static int openFiles(String limits) {
        Matcher value = Pattern.compile("Max open files +(\\d+)").matcher(limits);
        return value.find() ? Integer.parseInt(value.group(1)) : Integer.MAX_VALUE;
    }

    private String read(String file) {
        try {
            return Files.readString(Path.of("/proc", String.valueOf(process.pid()), file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
