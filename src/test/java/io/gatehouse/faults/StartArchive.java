package io.gatehouse.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Creates a class-data archive of the gateway, which saves a third of the work of each of the sixty starts in these tests. A
 * node without a cluster and with an unreachable database writes it, as for the container image.
 */
final class StartArchive {
    private static final List<String> OPTIONS = make();

    private StartArchive() {}

    /** The JVM options of every node of this build, without the archive if it could not be created. */
    static List<String> options() {
        return OPTIONS;
    }

    private static List<String> make() {
        try {
            Path directory = Files.createTempDirectory(
                    Files.createDirectories(Path.of("target", "faults").toAbsolutePath()), "archive");
            Path archive = directory.resolve("gatehouse.jsa");
            List<String> command = new ArrayList<>(NodeProcess.JAVA);
            command.addAll(List.of("-XX:ArchiveClassesAtExit=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off"));
            command.addAll(Release.CURRENT.program());
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("log").toFile());
            builder.environment().keySet().removeIf(variable -> variable.startsWith("GATEHOUSE_"));
            builder.environment()
                    .putAll(Map.of(
                            "GATEHOUSE_ROLES",
                            "proxy,token-issuer",
                            "GATEHOUSE_POSTGRES_URL",
                            "postgresql://127.0.0.1:1/none",
                            "GATEHOUSE_LOG_LEVEL",
                            "error"));
            Process process = builder.start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
            return Files.exists(archive)
                    ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off", "-Xlog:cds+dynamic=off")
                    : List.of();
        } catch (IOException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        }
    }
}
