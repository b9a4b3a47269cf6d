package io.gatehouse.launch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** The Kubernetes manifests of this repository, read as files. */
final class Manifests {
    static final Path ROOT = Path.of("k8s");
    static final Path BASE = ROOT.resolve("base");
    static final Path DEV = ROOT.resolve("overlays/dev");
    static final Path PRODUCTION = ROOT.resolve("overlays/production");

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Manifests() {}

    /** Every document of a file. */
    static List<JsonNode> read(Path file) {
        try (var documents = YAML.readerFor(JsonNode.class).<JsonNode>readValues(file.toFile())) {
            return documents.readAll();
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    static JsonNode kustomization(Path directory) {
        return read(directory.resolve("kustomization.yaml")).get(0);
    }

    /** What the files of one directory declare; other directories it builds on are left out. */
    static List<JsonNode> resources(Path directory) {
        return items(kustomization(directory).path("resources"))
                .map(JsonNode::asText)
                .filter(name -> name.endsWith(".yaml"))
                .flatMap(name -> read(directory.resolve(name)).stream())
                .toList();
    }

    static Stream<JsonNode> items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    static Predicate<JsonNode> ofKind(String kind) {
        return resource -> resource.path("kind").asText().equals(kind);
    }

    static String name(JsonNode resource) {
        return resource.at("/metadata/name").asText();
    }

    static List<JsonNode> deployments() {
        return resources(BASE).stream().filter(ofKind("Deployment")).toList();
    }

    static JsonNode pod(JsonNode workload) {
        return workload.at("/spec/template/spec");
    }

    static JsonNode container(JsonNode workload) {
        return pod(workload).at("/containers/0");
    }

    /** The literals of the generated ConfigMap or Secret of that name. */
    static Map<String, String> literals(Path directory, String generator, String name) {
        Map<String, String> literals = new LinkedHashMap<>();
        items(kustomization(directory).path(generator))
                .filter(made -> made.path("name").asText().equals(name))
                .flatMap(made -> items(made.path("literals")))
                .map(literal -> literal.asText().split("=", 2))
                .forEach(pair -> literals.put(pair[0], pair[1]));
        return literals;
    }

    /** Whether a selector picks the pods of a workload. */
    static boolean selects(JsonNode matchLabels, JsonNode workload) {
        JsonNode labels = workload.at("/spec/template/metadata/labels");
        return matchLabels.properties().stream()
                .allMatch(label -> label.getValue().equals(labels.get(label.getKey())));
    }
}
