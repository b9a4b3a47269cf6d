package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Checks objects of Kubernetes' extensions, of which there is no model: every field is one that the extension's reference has,
 * at its place, and the required ones are there. A star is any element or key.
 */
final class CustomResources {
    private record Shape(String apiVersion, List<String> required, List<String> optional) {}

    private static final List<String> METADATA = List.of(
            "apiVersion", "kind", "metadata.name", "metadata.namespace", "metadata.labels.*", "metadata.annotations.*");

    private static final Map<String, Shape> SHAPES = Map.of(
            "PodMonitor",
            new Shape(
                    "monitoring.coreos.com/v1",
                    List.of("spec.selector.matchLabels.*", "spec.podTargetLabels.*", "spec.podMetricsEndpoints.*.port"),
                    List.of("spec.podMetricsEndpoints.*.path", "spec.podMetricsEndpoints.*.interval")),
            "ServiceMonitor",
            new Shape(
                    "monitoring.coreos.com/v1",
                    List.of("spec.selector.matchLabels.*", "spec.podTargetLabels.*", "spec.endpoints.*.port"),
                    List.of("spec.endpoints.*.path", "spec.endpoints.*.interval")),
            "PrometheusRule",
            new Shape(
                    "monitoring.coreos.com/v1",
                    List.of("spec.groups.*.name", "spec.groups.*.rules.*.alert", "spec.groups.*.rules.*.expr"),
                    List.of(
                            "spec.groups.*.rules.*.for",
                            "spec.groups.*.rules.*.labels.*",
                            "spec.groups.*.rules.*.annotations.*")),
            "Certificate",
            new Shape(
                    "cert-manager.io/v1",
                    List.of("spec.secretName", "spec.issuerRef.name", "spec.dnsNames.*"),
                    List.of(
                            "spec.issuerRef.kind",
                            "spec.issuerRef.group",
                            "spec.privateKey.rotationPolicy",
                            "spec.usages.*")),
            "HTTPRoute",
            new Shape(
                    "gateway.networking.k8s.io/v1",
                    List.of(
                            "spec.parentRefs.*.name",
                            "spec.rules.*.backendRefs.*.name",
                            "spec.rules.*.backendRefs.*.port"),
                    List.of("spec.parentRefs.*.namespace", "spec.parentRefs.*.sectionName", "spec.hostnames.*")),
            "Cluster",
            new Shape(
                    "postgresql.cnpg.io/v1",
                    List.of("spec.instances", "spec.storage.size"),
                    List.of("spec.bootstrap.initdb.database", "spec.bootstrap.initdb.owner")));

    private CustomResources() {}

    static boolean isExtension(String kind) {
        return SHAPES.containsKey(kind);
    }

    static void check(JsonNode document) {
        String kind = Manifests.text(document, "/kind");
        Shape shape = Objects.requireNonNull(SHAPES.get(kind), () -> "there is no shape of the kind " + kind);
        assertThat(Manifests.text(document, "/apiVersion")).isEqualTo(shape.apiVersion());
        List<String> known = Stream.of(METADATA, shape.required(), shape.optional())
                .flatMap(List::stream)
                .toList();
        for (String path : leaves(document)) {
            assertThat(known).as("%s: the field %s", kind, path).anyMatch(pattern -> matches(pattern, path));
        }
        for (String required : shape.required()) {
            assertThat(leaves(document)).as("%s: %s", kind, required).anyMatch(path -> matches(required, path));
        }
    }

    private static boolean matches(String pattern, String path) {
        String[] expected = pattern.split("\\.", -1);
        String[] given = path.split("\\.", -1);
        if (expected.length != given.length) {
            return false;
        }
        for (int i = 0; i < given.length; i++) {
            if (!expected[i].equals("*") && !expected[i].equals(given[i])) {
                return false;
            }
        }
        return true;
    }

    /** The paths of all values. A dot in a key is written as a slash. */
    private static Set<String> leaves(JsonNode document) {
        Set<String> paths = new TreeSet<>();
        collect("", document, paths);
        return paths;
    }

    private static void collect(String path, JsonNode node, Set<String> paths) {
        if (node.isObject()) {
            node.properties()
                    .forEach(field -> collect(
                            path + (path.isEmpty() ? "" : ".") + field.getKey().replace('.', '/'),
                            field.getValue(),
                            paths));
        } else if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(path + "." + i, node.get(i), paths);
            }
        } else {
            paths.add(path);
        }
    }
}
