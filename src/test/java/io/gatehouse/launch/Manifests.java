package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
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
import java.util.stream.StreamSupport;

/** Renders an overlay of {@code k8s} to the documents that {@code kubectl apply -k} would send. */
record Manifests(List<JsonNode> documents) {
    /** Lists the overlays. */
    enum Overlay {
        BASE("k8s/base"),
        DEV("k8s/overlays/dev"),
        PRODUCTION("k8s/overlays/production"),
        EXAMPLE("k8s/overlays/example");

        private final Path directory;

        Overlay(String directory) {
            this.directory = Path.of(directory);
        }
    }

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
    private static final Map<Overlay, String> RENDERED = new ConcurrentHashMap<>();

    /** Returns a copy that the caller may change. Without kubectl, the test is skipped with a message. */
    static Manifests of(Overlay overlay) {
        kubectl();
        return parse(RENDERED.computeIfAbsent(overlay, missing -> render(missing.directory)));
    }

    /** Renders a kustomization that is no overlay of the repository. */
    static Manifests kustomize(Path directory) {
        return parse(render(directory));
    }

    /** Returns the executable. Without kubectl, the test is skipped with a message. */
    static Path kubectl() {
        Optional<Path> program = Stream.of(
                        Optional.ofNullable(System.getenv("PATH")).orElse("").split(File.pathSeparator))
                .map(directory -> Path.of(directory, "kubectl"))
                .filter(Files::isExecutable)
                .findFirst();
        assumeTrue(program.isPresent(), "kubectl is not installed: the Kubernetes manifests are not checked");
        return program.orElseThrow();
    }

    private static String render(Path directory) {
        try {
            Path errors = Files.createTempFile("kustomize", null);
            Process kubectl = new ProcessBuilder("kubectl", "kustomize", directory.toString())
                    .redirectError(errors.toFile())
                    .start();
            String rendered = new String(kubectl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(kubectl.waitFor(1, TimeUnit.MINUTES)).isTrue();
            // A warning fails too, because it names a deprecated field.
            assertThat(Files.readString(errors)).isEmpty();
            assertThat(kubectl.exitValue()).isZero();
            Files.delete(errors);
            return rendered;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static Manifests parse(String text) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
            return new Manifests(documents.readAll());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<JsonNode> ofKind(String kind) {
        return documents.stream()
                .filter(document -> text(document, "/kind").equals(kind))
                .toList();
    }

    /** Returns the document of that kind whose name begins with {@code name}, because Kustomize may add a digest. */
    JsonNode document(String kind, String name) {
        return ofKind(kind).stream()
                .filter(document ->
                        name(document).equals(name) || name(document).matches(name + "-[a-z0-9]{10}"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("there is no " + kind + " " + name));
    }

    /** Returns the workloads: Gatehouse's Deployments and, in development, the database. */
    List<JsonNode> workloads() {
        return Stream.of("Deployment", "StatefulSet", "Job")
                .flatMap(kind -> ofKind(kind).stream())
                .toList();
    }

    /** Returns the Deployments, one for each role. */
    List<JsonNode> nodes() {
        return ofKind("Deployment");
    }

    static Stream<JsonNode> items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    static String name(JsonNode document) {
        return text(document, "/metadata/name");
    }

    static String text(JsonNode document, String pointer) {
        return document.at(pointer).asText();
    }

    static JsonNode pod(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static JsonNode container(JsonNode workload) {
        return pod(workload).at("/containers/0");
    }

    static Stream<JsonNode> containers(JsonNode workload) {
        return Stream.concat(
                items(pod(workload).path("initContainers")), items(pod(workload).path("containers")));
    }

    /** Returns a container's port by its name. */
    static Optional<Integer> port(JsonNode workload, String name) {
        return items(container(workload).path("ports"))
                .filter(port -> port.path("name").asText().equals(name))
                .map(port -> port.path("containerPort").asInt())
                .findFirst();
    }

    /** Returns whether a label selector, with or without {@code matchLabels}, selects the pods of a workload. */
    static boolean selects(JsonNode selector, JsonNode workload) {
        return selectsLabels(selector, workload.at("/spec/template/metadata/labels"));
    }

    static boolean selectsLabels(JsonNode selector, JsonNode labels) {
        boolean wrapped = selector.isEmpty() || selector.has("matchLabels") || selector.has("matchExpressions");
        JsonNode equal = wrapped ? selector.path("matchLabels") : selector;
        return equal.properties().stream().allMatch(label -> label.getValue().equals(labels.get(label.getKey())))
                && items(selector.path("matchExpressions")).allMatch(expression -> matches(expression, labels));
    }

    private static boolean matches(JsonNode expression, JsonNode labels) {
        assertThat(expression.path("operator").asText()).isEqualTo("In");
        String label = labels.path(expression.path("key").asText()).asText();
        return items(expression.path("values")).anyMatch(value -> value.asText().equals(label));
    }
}
