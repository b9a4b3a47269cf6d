package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Renders the chart of {@code k8s} with the helm that {@code .ci/chart} installs, or that of the machine. */
final class Helm {
    static final Path CHART = Path.of("k8s/chart");

    private static final Map<String, String> RENDERED = new ConcurrentHashMap<>();

    private Helm() {}

    /** Returns the names of the chart's value files, which need no helm. */
    static List<String> valueFiles() {
        try (Stream<Path> files = Files.list(CHART.resolve("ci"))) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns a copy that the caller may change. Without helm, the test is skipped with a message. */
    static Manifests render(String values) {
        Optional<Path> helm = program();
        assumeTrue(helm.isPresent(), "helm is not installed: the chart is not checked");
        return Manifests.parse(RENDERED.computeIfAbsent(values, missing -> render(helm.orElseThrow(), missing)));
    }

    private static String render(Path helm, String values) {
        try {
            Path errors = Files.createTempFile("helm", null);
            Process process = new ProcessBuilder(
                            helm.toString(),
                            "template",
                            "gatehouse",
                            CHART.toString(),
                            "--kube-version",
                            "1.27.0",
                            "-f",
                            CHART.resolve("ci").resolve(values).toString())
                    .redirectError(errors.toFile())
                    .start();
            String rendered = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(Files.readString(errors)).isZero();
            Files.delete(errors);
            return rendered;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Returns the executable, or nothing if there is none. */
    static Optional<Path> program() {
        return Stream.concat(installed(), path()).filter(Files::isExecutable).findFirst();
    }

    private static Stream<Path> installed() {
        File[] versions = new File("target/interop").listFiles((parent, name) -> name.startsWith("helm-"));
        return Stream.of(versions == null ? new File[0] : versions)
                .map(version -> version.toPath().resolve("helm"));
    }

    private static Stream<Path> path() {
        return Stream.of(Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "helm"));
    }
}
