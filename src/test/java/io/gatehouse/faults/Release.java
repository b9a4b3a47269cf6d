package io.gatehouse.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.testing.PostgresProcess;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A build of the gateway.
 *
 * @param jar beside its libraries
 */
record Release(Path jar) {
    static final Release CURRENT =
            new Release(Path.of("target", "gatehouse.jar").toAbsolutePath());

    private static final Path PREVIOUS =
            Path.of("target", "previous", "target", "gatehouse.jar").toAbsolutePath();
    private static final long MIGRATION_SECONDS = 90;

    /** Returns the release before, which {@code .ci/previous} builds. Aborts the tests if it was not built. */
    static Release previous() {
        if (!Files.exists(PREVIOUS)) {
            throw FaultTable.cannot("an upgrade", "the release before was not built: .ci/previous builds it");
        }
        return new Release(PREVIOUS);
    }

    /** The words that run the program, after those that start the JVM. */
    List<String> program() {
        return List.of("-Djava.util.concurrent.ForkJoinPool.common.parallelism=2", "-jar", jar.toString());
    }

    /** The words that run a node. */
    List<String> command() {
        List<String> command = new ArrayList<>(NodeProcess.JAVA);
        // An archive belongs to the jar that it was created with.
        if (equals(CURRENT)) {
            command.addAll(StartArchive.options());
        }
        command.addAll(program());
        return command;
    }

    /** Runs {@code migrate}, as a roll-out does before the first node is replaced. Fails if that fails. */
    void migrate(PostgresProcess postgres, Path directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(command());
        command.add("migrate");
        Path log = directory.resolve("migrate.log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(variable -> variable.startsWith("GATEHOUSE_"));
        builder.environment().put("GATEHOUSE_POSTGRES_URL", postgres.url("127.0.0.1"));
        builder.environment().put("GATEHOUSE_POSTGRES_USER", "postgres");
        builder.environment().put("GATEHOUSE_POSTGRES_PASSWORD", "postgres");
        Process process = builder.start();
        try {
            assertThat(process.waitFor(MIGRATION_SECONDS, TimeUnit.SECONDS))
                    .as("%s has migrated: %s", jar, Files.readString(log))
                    .isTrue();
            assertThat(process.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
