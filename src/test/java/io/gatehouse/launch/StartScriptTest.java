package io.gatehouse.launch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests {@code ./gatehouse} in a directory with a Maven that waits for a file and a Java that only prints that it ran. */
class StartScriptTest {
    @TempDir
    private Path tree;

    @BeforeEach
    void copyTheScript() throws IOException {
        Files.copy(Path.of("gatehouse"), tree.resolve("gatehouse"));
        Files.createDirectories(tree.resolve("src/main"));
        Files.createFile(tree.resolve("pom.xml"));
        tool("mvn", """
                echo built >> builds
                while [ ! -e go ]; do sleep 0.1; done
                if [ -e broken ]; then echo '[ERROR] it does not compile'; touch target/gatehouse.jar; exit 1; fi
                touch target/gatehouse.jar
                """);
        tool("java", "if [ \"$1\" = -version ]; then echo 'openjdk version \"17.0.1\"' >&2; else echo ran; fi");
        tool("javac", "");
    }

    @AfterEach
    void completeBuilds() throws IOException {
        allow();
    }

    private void tool(String name, String script) throws IOException {
        Path file = Files.createDirectories(tree.resolve("bin")).resolve(name);
        Files.writeString(file, "#!/bin/sh\ncd '" + tree + "'\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** Lets Maven complete. */
    private void allow() throws IOException {
        Files.writeString(tree.resolve("go"), "");
    }

    private Process start(String name) throws IOException {
        ProcessBuilder start =
                new ProcessBuilder("sh", tree.resolve("gatehouse").toString());
        start.environment().remove("JAVA_HOME");
        start.environment()
                .merge("PATH", tree.resolve("bin").toString(), (path, ours) -> ours + File.pathSeparator + path);
        return start.redirectErrorStream(true)
                .redirectOutput(tree.resolve(name).toFile())
                .start();
    }

    private String output(String name) {
        try {
            Path file = tree.resolve(name);
            return Files.exists(file) ? Files.readString(file, UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitOutput(String name, String text) {
        await().untilAsserted(() -> assertThat(output(name)).contains(text));
    }

    private static int exitCode(Process process) throws InterruptedException {
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void concurrentStartsBuildOnceAndBothRun() throws Exception {
        Process first = start("first");
        awaitOutput("builds", "built");
        Process second = start("second");
        awaitOutput("second", "waiting for the build");

        allow();

        assertThat(exitCode(first)).isZero();
        assertThat(exitCode(second)).isZero();
        assertThat(output("first")).endsWith("ran\n");
        assertThat(output("second")).endsWith("ran\n");
        assertThat(output("builds")).isEqualTo("built\n");
        assertThat(tree.resolve("target/building")).doesNotExist();
    }

    @Test
    void aFailedBuildLeavesNoJarAndNoLock() throws Exception {
        Files.createFile(tree.resolve("broken"));
        allow();

        assertThat(exitCode(start("output"))).isEqualTo(1);

        assertThat(output("output")).contains("it does not compile").doesNotContain("ran");
        assertThat(tree.resolve("target/gatehouse.jar")).doesNotExist();
        assertThat(tree.resolve("target/building")).doesNotExist();
    }

    @Test
    void theLockOfAKilledStartDoesNotBlockTheNext() throws Exception {
        Process killed = new ProcessBuilder("true").start();
        assertThat(exitCode(killed)).isZero();
        Path lock = Files.createDirectories(tree.resolve("target/building"));
        Files.writeString(lock.resolve("pid"), killed.pid() + "\n");
        allow();

        assertThat(exitCode(start("output"))).isZero();

        assertThat(output("output")).endsWith("ran\n");
        assertThat(Objects.requireNonNull(lock.toFile().getParentFile().list())).contains("gatehouse.jar");
    }
}
