package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.gatehouse.launch.postgres.PostgresFiles;
import io.gatehouse.launch.settings.Setting;
import io.gatehouse.launch.settings.Settings;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs {@code ./gatehouse} as a process, in an empty directory beside the data directory, configured by variables only. */
final class GatehouseProcess implements AutoCloseable {
    private static final Path SCRIPT = Path.of("gatehouse").toAbsolutePath();
    /** The first start unpacks PostgreSQL and runs initdb, and the machine may be busy. */
    private static final Duration START = Duration.ofSeconds(90);

    private static final Duration STOP = Duration.ofSeconds(40);

    private final Process process;
    private final Path output;
    private final Path errors;

    private GatehouseProcess(Process process, Path output, Path errors) {
        this.process = process;
        this.output = output;
        this.errors = errors;
    }

    /** Starts a process on that data directory. Listeners use free ports unless the variables set them. */
    static GatehouseProcess launch(Path dataDir, Map<String, String> variables) throws IOException {
        Path directory = Files.createTempDirectory(dataDir.getParent(), "process");
        Path output = directory.resolve("output");
        Path errors = directory.resolve("errors");
        Map<String, String> settings = new LinkedHashMap<>();
        for (String listener : new String[] {"PROXY_HTTP", "PROXY_HTTPS", "ADMIN_HTTP", "STATUS_HTTP"}) {
            settings.put(Setting.PREFIX + listener, "127.0.0.1:0");
        }
        settings.put(Settings.DATA_DIR.environment(), dataDir.toString());
        settings.putAll(variables);
        ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString())
                .directory(Files.createDirectory(directory.resolve("work")).toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(output.toFile())
                .redirectError(errors.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith(Setting.PREFIX));
        builder.environment().putAll(settings);
        return new GatehouseProcess(builder.start(), output, errors);
    }

    /** Starts a node and waits until it listens. */
    static GatehouseProcess start(Path dataDir) throws IOException {
        GatehouseProcess gatehouse = launch(dataDir, Map.of());
        try {
            await().atMost(START)
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> gatehouse.output().contains("try next") || !gatehouse.process.isAlive());
            assertThat(gatehouse.process.isAlive()).as(gatehouse.errors()).isTrue();
            return gatehouse;
        } catch (RuntimeException | Error e) {
            gatehouse.close();
            throw e;
        }
    }

    /** Returns the URL of a listener, from the banner. */
    String url(String listener, String scheme) {
        Matcher line = Pattern.compile("(?m)^  " + listener + " .*?\\b(" + scheme + "://[^ /\\n]+)")
                .matcher(output());
        assertThat(line.find()).as(output()).isTrue();
        return line.group(1);
    }

    long pid() {
        return process.pid();
    }

    /** Sends SIGTERM and returns the exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        return exitCode(STOP);
    }

    /** Sends SIGKILL and waits for the end. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        exitCode(STOP);
    }

    /** Returns the exit code of a process whose start is expected to fail. */
    int exitCode() throws InterruptedException {
        return exitCode(START);
    }

    private int exitCode(Duration limit) throws InterruptedException {
        assertThat(process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS))
                .as("ended within %s: %s %s", limit, output(), errors())
                .isTrue();
        return process.exitValue();
    }

    String output() {
        return read(output);
    }

    String errors() {
        return read(errors);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the process, also after a failed test. */
    @Override
    public void close() throws IOException {
        try {
            if (process.isAlive()) {
                process.destroy();
                if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor();
                }
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Stops the PostgreSQL of a killed node, unless a later node did. Without clients, SIGTERM stops it. */
    static void stopDatabase(Path dataDir) throws IOException {
        if (!Files.exists(dataDir)) {
            return;
        }
        PostgresFiles files = new PostgresFiles(dataDir.toRealPath());
        files.server().ifPresent(ProcessHandle::destroy);
        await().atMost(STOP).until(() -> files.server().isEmpty());
    }
}
