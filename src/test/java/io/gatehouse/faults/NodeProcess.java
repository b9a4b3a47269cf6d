package io.gatehouse.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.testing.Http;
import io.gatehouse.testing.Scrape;
import io.gatehouse.testing.TestTransport;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a node of the packaged gateway as a process, which uses the same ports after a restart. */
final class NodeProcess {
    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration STOP = Duration.ofSeconds(45);
    /** How long a node takes to read the change feed on a busy machine. It reads every second. */
    static final Duration FEED_DELAY = Duration.ofSeconds(3);

    /** For a small heap and a fast start: seven nodes share a machine with their clients. */
    static final List<String> JAVA = List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1");

    final String name;
    private final NodePlace place;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Path directory;
    private final Path log;
    private Release release = Release.CURRENT;
    private @Nullable Process process;
    /** The node id, new with every start. */
    private volatile @Nullable String id;
    /** Until then, the partitioned node may accept revoked tokens. */
    private volatile long excusedUntil = System.nanoTime();

    private volatile long apartSince = excusedUntil;
    private volatile long apartUntil = excusedUntil;

    NodeProcess(String name, String roles, NodePlace place, Path directory) {
        this.name = name;
        this.place = place;
        this.directory = directory.resolve(name);
        this.log = directory.resolve(name + ".log");
        set("ROLES", roles);
        set("PROXY_HTTP", place.listen() + ":" + place.port(0));
        set("PROXY_HTTPS", "off");
        set("PROXY_INSTANCES", "1");
        set("TRANSPORT", TestTransport.setting());
        set("PROXY_TRUSTED_IPS", "127.0.0.0/8,198.18.0.0/15");
        set("ADMIN_HTTP", place.listen() + ":" + place.port(0));
        set("ADMIN_INSECURE", "true");
        set("STATUS_HTTP", place.listen() + ":" + place.port(1));
        set("CLUSTER_ENABLED", "true");
        set("CLUSTER_NAME", "faults-" + ProcessHandle.current().pid());
        set("CLUSTER_SECRET", "a-secret-of-the-fault-tests");
        set("CLUSTER_BIND", clusterAddress());
        set("POSTGRES_USER", "postgres");
        set("POSTGRES_PASSWORD", "postgres");
        set("POSTGRES_POOL_SIZE", "5");
        set("DATA_DIR", this.directory.toString());
    }

    /** Creates a node. The first word of its name is its role. */
    static NodeProcess named(String name, NodePlace place, Path directory) {
        String role = name.substring(0, name.indexOf('-'));
        return new NodeProcess(name, role.equals("issuer") ? "token-issuer" : role, place, directory);
    }

    /** Sets a setting by the end of its environment variable's name, from the next start. */
    NodeProcess set(String variable, String value) {
        environment.put("GATEHOUSE_" + variable, value);
        return this;
    }

    /** Sets another environment variable. */
    NodeProcess export(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Sets the release that runs, from the next start. */
    NodeProcess runs(Release next) {
        release = next;
        return this;
    }

    String clusterAddress() {
        return place.clusterHost() + ":" + place.port(2);
    }

    /** The URL of a path of the node's proxy or Admin API. */
    String url(String path) {
        return "http://" + place.reach() + ":" + place.port(0) + path;
    }

    String statusUrl(String path) {
        return "http://" + place.reach() + ":" + place.port(1) + path;
    }

    void launch() {
        try {
            Files.createDirectories(directory);
            List<String> command = new ArrayList<>(place.prefix());
            command.addAll(release.command());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            builder.environment().keySet().removeIf(variable -> variable.startsWith("GATEHOUSE_"));
            builder.environment().putAll(environment);
            id = null;
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until {@code /ready} succeeds. */
    NodeProcess awaitReady() {
        awaitStatus("/ready");
        // Read early: a paused node does not respond.
        id();
        return this;
    }

    /** The node's id, once it is ready. */
    String id() {
        String known = id;
        if (known == null) {
            known = Objects.requireNonNull(Scrape.at(statusUrl("/metrics"))
                    .find("gatehouse_node_info")
                    .get(0)
                    .labels()
                    .get("node_id"));
            id = known;
        }
        return known;
    }

    /** Waits until the node has joined the cluster and is live. */
    void awaitLive() {
        awaitStatus("/live");
    }

    private void awaitStatus(String path) {
        await(name + path).atMost(START).pollInterval(Duration.ofMillis(100)).until(() -> {
            assertThat(process().isAlive())
                    .as("%s lives; its log: %s", name, tail())
                    .isTrue();
            return status(path) == 200;
        });
    }

    /** The status of the status port's response; 0 without one. */
    int status(String path) {
        try {
            return Http.send(Http.get(statusUrl(path))).status();
        } catch (CompletionException e) {
            return 0;
        }
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException(name + " was not started");
        }
        return process;
    }

    /** Sends SIGKILL. */
    void kill() throws InterruptedException {
        process().destroyForcibly().waitFor();
    }

    /** Sends SIGTERM and returns the exit code. */
    int terminate() throws InterruptedException {
        process().destroy();
        return awaitEnd();
    }

    /** Waits until the process has ended by itself and returns the exit code. */
    int awaitEnd() throws InterruptedException {
        assertThat(process().waitFor(STOP.toMillis(), TimeUnit.MILLISECONDS))
                .as("%s ended; its log: %s", name, tail())
                .isTrue();
        return process().exitValue();
    }

    /** Sends SIGSTOP: the process keeps its connections and does not respond. */
    void pause() throws IOException, InterruptedException {
        signal("STOP");
    }

    /** Sends SIGCONT. */
    void resume() throws IOException, InterruptedException {
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        int code = new ProcessBuilder(
                        "kill", "-" + signal, String.valueOf(process().pid()))
                .start()
                .waitFor();
        assertThat(code).isZero();
    }

    /** Records that the node was partitioned now, and may trust its cache for a while. */
    void tolerance(Duration time) {
        excusedUntil = System.nanoTime() + time.toNanos();
    }

    /** Records that the node is in another cluster from now on, and reads changes from PostgreSQL. */
    void apart() {
        apartUntil = Long.MAX_VALUE;
        apartSince = System.nanoTime();
    }

    /** Records that the node is a member again, and receives every change before its response. */
    void together() {
        apartUntil = System.nanoTime();
    }

    /** Whether the node may accept at one time a token that was revoked at another. */
    boolean isExcused(long sent, long revoked) {
        return sent < excusedUntil
                || (revoked < apartUntil && sent - Math.max(revoked, apartSince) < FEED_DELAY.toNanos());
    }

    /** The log so far. */
    String log() {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String tail() {
        List<String> lines = log().lines().toList();
        return "\n" + String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
    }

    /** Kills the process. */
    void end() {
        Process last = process;
        if (last != null && last.isAlive()) {
            last.destroyForcibly();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
