package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the script of the CronJob in k8s/chart/examples/backup.yaml with a pg_dump that writes its arguments. */
class BackupExampleTest {
    @TempDir
    private Path root;

    private Path backups = Path.of("");

    @BeforeEach
    void mount() throws IOException {
        backups = Files.createDirectory(root.resolve("backup"));
        Files.writeString(root.resolve("password"), "secret");
    }

    /** Runs the script and returns its exit code. {@code dump} is the end of pg_dump. */
    private int run(String dump) throws Exception {
        Path programs = Files.createDirectories(root.resolve("bin"));
        Path program = programs.resolve("pg_dump");
        Files.writeString(program, """
                #!/bin/sh
                for argument; do case $argument in --file=*) echo "$PGPASSWORD $*" >"${argument#--file=}" ;; esac; done
                %s
                """.formatted(dump));
        assertThat(program.toFile().setExecutable(true)).isTrue();
        ProcessBuilder shell = new ProcessBuilder("sh", "-euc", script())
                .redirectErrorStream(true)
                .redirectOutput(root.resolve("log").toFile());
        shell.environment().put("PATH", programs + ":" + System.getenv("PATH"));
        shell.environment().put("URL", "postgresql://db.example:5432/gatehouse");
        Process process = shell.start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    private String script() throws IOException {
        JsonNode job = Manifests.parse(Files.readString(Helm.CHART.resolve("examples/backup.yaml")))
                .document("CronJob", "gatehouse-backup");
        return Manifests.text(job, "/spec/jobTemplate/spec/template/spec/containers/0/args/0")
                .replace(
                        "/etc/gatehouse/postgres/password",
                        root.resolve("password").toString())
                .replace("/backup/", backups + "/");
    }

    private List<String> files() throws IOException {
        try (Stream<Path> files = Files.list(backups)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** Without ca.crt, which an installation need not have, the pod would wait for the key without an end. */
    @Test
    void theCommentNamesTheKeysOfTheSecret_andTheParametersThatNeedThem() throws Exception {
        String example = Files.readString(Helm.CHART.resolve("examples/backup.yaml"));
        String comment = example.lines().takeWhile(line -> line.startsWith("#")).collect(Collectors.joining("\n"));
        JsonNode job = Manifests.parse(example).document("CronJob", "gatehouse-backup");

        assertThat(job.findValuesAsText("key"))
                .contains("ca.crt", "password")
                .allSatisfy(key -> assertThat(comment).contains(key));
        assertThat(comment).contains("Without ca.crt", "?sslmode=verify-full&sslrootcert=system", "?sslmode=require");
    }

    @Test
    void theNewest14DumpsAreKept() throws Exception {
        for (int day = 1; day <= 15; day++) {
            Path dump = Files.createFile(backups.resolve("gatehouse-202601%02dT021700Z.dump".formatted(day)));
            Files.setLastModifiedTime(dump, FileTime.from(Instant.parse("2026-01-%02dT02:17:00Z".formatted(day))));
        }

        assertThat(run("")).isZero();

        assertThat(files())
                .hasSize(14)
                .startsWith("gatehouse-20260103T021700Z.dump")
                .allMatch(name -> name.endsWith(".dump"));
    }

    @Test
    void aFailedDumpIsNoBackup_andIsRemovedByTheNextOne() throws Exception {
        Files.createFile(backups.resolve("gatehouse-20260101T021700Z.dump.part"));

        assertThat(run("exit 1")).isNotZero();
        assertThat(files()).singleElement().asString().endsWith(".dump.part").doesNotContain("20260101");

        assertThat(run("")).isZero();
        assertThat(files()).singleElement().asString().endsWith(".dump");
        assertThat(backups.resolve(files().get(0))).content().startsWith("secret --format=custom");
    }
}
