package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.launch.settings.ConfigLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks the variables that the Dockerfile sets. */
class ContainerImageTest {
    private static final Pattern VARIABLE = Pattern.compile("(?m)^(?:ENV| {3}) (GATEHOUSE_[A-Z_]+)=(\\S+)");

    /** Resident memory less the heap, under full load with 64 connections (docs/how-to/kubernetes.md#scale). */
    private static final int MEBIBYTES_BESIDES_THE_HEAP = 240;

    @TempDir
    private Path directory;

    /** The manifests give /tmp a size limit: a log file there would end every pod that writes it. */
    @Test
    void filesOfLogs_areNotInTheTemporaryDirectory() throws Exception {
        Map<String, String> environment = new HashMap<>();
        Matcher variables = VARIABLE.matcher(Files.readString(Path.of("Dockerfile")));
        while (variables.find()) {
            environment.put(variables.group(1), variables.group(2));
        }
        GatehouseConfig config =
                new ConfigLoader(environment, directory).load(null).config();

        assertThat(config.dataDir()).isEqualTo(Path.of("/tmp/gatehouse"));
        assertThat(config.log().directories(config.dataDir())).containsExactly(Path.of("/var/log/gatehouse"));
    }

    /** The file that the release profile writes. {@code .ci/image} compares it with the libraries of the image. */
    @Test
    void theBillOfMaterials_isCopied() throws Exception {
        String pom = Files.readString(Path.of("pom.xml"));

        assertThat(pom)
                .contains("<outputName>gatehouse-${project.version}.cdx</outputName>")
                .contains("<outputDirectory>${project.build.directory}/release</outputDirectory>");
        assertThat(Files.readString(Path.of("Dockerfile")))
                .contains("COPY target/gatehouse.jar target/release/*.cdx.json /app/");
        assertThat(Files.readAllLines(Path.of(".dockerignore"))).contains("!target/release/*.cdx.json");
    }

    /** The kernel ends a process that exceeds the limit of its container. */
    @Test
    void theHeapLeavesTheRestOfTheProcessItsMemory() throws Exception {
        Matcher share = Pattern.compile("-XX:MaxRAMPercentage=(\\d+)").matcher(Files.readString(Path.of("Dockerfile")));
        assertThat(share.find()).isTrue();
        int heapPercent = Integer.parseInt(share.group(1));
        List<Integer> limits = Pattern.compile("limits: \\{.*memory: (\\d+)Mi")
                .matcher(Files.readString(Path.of("k8s/chart/values.yaml")))
                .results()
                .map(limit -> Integer.parseInt(limit.group(1)))
                .toList();

        assertThat(limits)
                .hasSizeGreaterThanOrEqualTo(3)
                .allSatisfy(limit ->
                        assertThat(limit * (100 - heapPercent) / 100).isGreaterThan(MEBIBYTES_BESIDES_THE_HEAP));
    }

    /** The check runs in the working directory of the image, in which the node looks for gatehouse.yaml. */
    @Test
    void theCheckOfTheHealth_runsTheProbeWithoutArguments() throws Exception {
        assertThat(Files.readAllLines(Path.of("Dockerfile")))
                .contains("WORKDIR /app")
                .anyMatch(line -> line.endsWith("\"" + HealthProbe.class.getName() + "\"]"));
    }
}
