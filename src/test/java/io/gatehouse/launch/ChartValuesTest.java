package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that each value of {@code ci/everything.yaml} reaches the field of the object that it is for, and no other role. */
class ChartValuesTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private Manifests chart = new Manifests(List.of());
    private JsonNode values = YAML.createObjectNode();

    @BeforeEach
    void render() throws IOException {
        chart = Helm.render("everything.yaml");
        values = YAML.readTree(Helm.CHART.resolve("ci/everything.yaml").toFile());
    }

    /** Returns a value of the file, which must have it. */
    private JsonNode value(String pointer) {
        JsonNode value = values.at(pointer);
        assertThat(value.isMissingNode() || value.isNull()).as(pointer).isFalse();
        return value;
    }

    private JsonNode node(String role) {
        return chart.document("Deployment", "gatehouse-" + role);
    }

    @ParameterizedTest
    @ValueSource(strings = {"proxy", "issuer", "admin"})
    void podsAreScheduledByTheValuesOfTheirRole(String role) {
        for (String field : List.of("priorityClassName", "nodeSelector", "tolerations", "affinity")) {
            assertThat(Manifests.pod(node(role)).path(field)).as(field).isEqualTo(value("/" + role + "/" + field));
        }
    }

    /** On a machine of its role, a pod of a hook finds the image and the network that the nodes have. */
    @Test
    void theMigrationIsScheduledLikeAdmins_andTheTestLikeProxies() {
        JsonNode migration = Manifests.pod(chart.document("Job", "gatehouse-migrate"));
        JsonNode test = chart.document("Pod", "gatehouse-test").path("spec");

        for (String field : List.of("priorityClassName", "nodeSelector", "tolerations")) {
            assertThat(migration.path(field)).as(field).isEqualTo(value("/admin/" + field));
        }
        for (String field : List.of("nodeSelector", "tolerations")) {
            assertThat(test.path(field)).as(field).isEqualTo(value("/proxy/" + field));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, gatehouse-proxy, proxy",
        "Deployment, gatehouse-issuer, issuer",
        "Deployment, gatehouse-admin, admin",
        "Job, gatehouse-migrate, migrate"
    })
    void podsHaveWhatTheValuesAdd(String kind, String name, String component) {
        JsonNode workload = chart.document(kind, name);
        JsonNode container = Manifests.container(workload);
        Map<String, JsonNode> lists = Map.of(
                "extraEnv", container.path("env"),
                "extraVolumes", Manifests.pod(workload).path("volumes"),
                "extraVolumeMounts", container.path("volumeMounts"));
        Map<String, JsonNode> maps = Map.of(
                "podLabels", workload.at("/spec/template/metadata/labels"),
                "podAnnotations", workload.at("/spec/template/metadata/annotations"));

        lists.forEach((list, rendered) -> {
            assertThat(rendered).as(list).containsAll(value("/" + component + "/" + list));
            for (String other : List.of("proxy", "issuer", "admin", "migrate")) {
                assertThat(rendered.toString().contains("\"" + mark(list, other) + "\""))
                        .as("%s of %s", list, other)
                        .isEqualTo(other.equals(component));
            }
        });
        maps.forEach((map, rendered) -> hasEntries(rendered, "/" + component + "/" + map));
    }

    private String mark(String list, String component) {
        return Manifests.text(value("/" + component + "/" + list), "/0/name");
    }

    private void hasEntries(JsonNode rendered, String pointer) {
        assertThat(value(pointer).properties()).as(pointer).isNotEmpty();
        assertThat(rendered.properties()).as(pointer).containsAll(value(pointer).properties());
    }

    @Test
    void theTestPodHasItsLabelsAndAnnotations() {
        JsonNode metadata = chart.document("Pod", "gatehouse-test").path("metadata");

        hasEntries(metadata.path("labels"), "/smokeTest/podLabels");
        hasEntries(metadata.path("annotations"), "/smokeTest/podAnnotations");
    }

    @Test
    void aNullRemovesALimit() {
        JsonNode resources = Manifests.container(node("proxy")).path("resources");

        assertThat(resources.path("limits").has("cpu")).isFalse();
        assertThat(resources.path("limits").has("memory")).isTrue();
        assertThat(resources.path("requests").has("cpu")).isTrue();
    }

    @Test
    void theServiceOfTheProxiesHasTheFieldsOfLoadBalancers() {
        JsonNode service = chart.document("Service", "gatehouse-proxy");

        assertThat(service.at("/metadata/annotations")).isEqualTo(value("/proxy/service/annotations"));
        for (String field : List.of("type", "loadBalancerClass", "loadBalancerSourceRanges")) {
            assertThat(service.path("spec").path(field)).as(field).isEqualTo(value("/proxy/service/" + field));
        }
        assertThat(port(service, "http").path("appProtocol")).isEqualTo(value("/proxy/service/appProtocol"));
        assertThat(port(service, "https").has("appProtocol")).isFalse();
        assertThat(Helm.render("production.yaml")
                        .document("Service", "gatehouse-proxy")
                        .toString())
                .doesNotContain("appProtocol");
    }

    private static JsonNode port(JsonNode service, String name) {
        return Manifests.items(service.at("/spec/ports"))
                .filter(port -> Manifests.text(port, "/name").equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void theIngressSendsEachHostToTheHttpPort() {
        JsonNode ingress = chart.document("Ingress", "gatehouse-proxy");
        JsonNode rules = ingress.at("/spec/rules");

        assertThat(ingress.at("/metadata/annotations")).isEqualTo(value("/ingress/annotations"));
        assertThat(ingress.at("/spec/ingressClassName")).isEqualTo(value("/ingress/className"));
        assertThat(ingress.at("/spec/tls")).isEqualTo(value("/ingress/tls"));
        assertThat(Manifests.items(rules).map(rule -> rule.path("host")))
                .containsExactlyElementsOf(value("/ingress/hosts"));
        for (JsonNode rule : rules) {
            JsonNode backend = rule.at("/http/paths/0/backend/service");
            JsonNode service = chart.document("Service", Manifests.text(backend, "/name"));
            assertThat(port(service, Manifests.text(backend, "/port/name")).path("port"))
                    .isEqualTo(port(chart.document("Service", "gatehouse-proxy"), "http")
                            .path("port"));
        }
    }

    @ParameterizedTest
    @CsvSource({"everything.yaml, gatehouse-proxy, 8000", "gateway-api.yaml, gw-proxy, 80"})
    void theHttpRouteSendsToTheHttpPort(String file, String name, int number) {
        Manifests rendered = Helm.render(file);
        JsonNode backend = rendered.document("HTTPRoute", name).at("/spec/rules/0/backendRefs/0");
        JsonNode service = rendered.document("Service", Manifests.text(backend, "/name"));

        assertThat(backend.path("port").asInt()).isEqualTo(number);
        assertThat(port(service, "http").path("port")).isEqualTo(backend.path("port"));
    }

    @Test
    void theHttpRouteHasTheGatewayAndTheHosts() {
        JsonNode route = chart.document("HTTPRoute", "gatehouse-proxy");

        assertThat(route.at("/metadata/annotations")).isEqualTo(value("/httpRoute/annotations"));
        assertThat(route.at("/spec/parentRefs")).isEqualTo(value("/httpRoute/parentRefs"));
        assertThat(route.at("/spec/hostnames")).isEqualTo(value("/httpRoute/hostnames"));
    }

    @Test
    void theAutoscalerAsksForTheMetricOfTheAdapter() throws IOException {
        JsonNode metric =
                chart.document("HorizontalPodAutoscaler", "gatehouse-proxy").at("/spec/metrics/0/pods");

        assertThat(Manifests.text(metric, "/metric/name")).isEqualTo("gatehouse_requests_per_second");
        assertThat(metric.at("/target/averageValue").asText())
                .isEqualTo(value("/proxy/autoscaling/targetRequestsPerSecond").asText());
        assertThat(Files.readString(Path.of("docs/how-to/kubernetes.md")))
                .contains("name: {as: " + Manifests.text(metric, "/metric/name") + "}");
    }

    @Test
    void theMonitorReadsTheStatusPortOfEachPod() {
        JsonNode monitor = chart.document("PodMonitor", "gatehouse");
        JsonNode endpoint = monitor.at("/spec/podMetricsEndpoints/0");

        hasEntries(monitor.at("/metadata/labels"), "/monitoring/podMonitor/labels");
        hasEntries(chart.document("PrometheusRule", "gatehouse").at("/metadata/labels"), "/monitoring/rules/labels");
        assertThat(endpoint.path("interval")).isEqualTo(value("/monitoring/podMonitor/interval"));
        isMetrics(endpoint);
        assertThat(chart.nodes())
                .hasSize(3)
                .allSatisfy(node -> assertThat(Manifests.port(node, Manifests.text(endpoint, "/port")))
                        .contains(8100));

        Manifests other = Helm.render("gateway-api.yaml");
        JsonNode service = other.document("ServiceMonitor", "gw").at("/spec/endpoints/0");
        isMetrics(service);
        assertThat(Manifests.text(service, "/interval")).isEqualTo("30s");
        assertThat(port(other.document("Service", "gw-cluster"), Manifests.text(service, "/port"))
                        .path("targetPort"))
                .hasToString("\"status\"");
    }

    private static void isMetrics(JsonNode endpoint) {
        assertThat(Manifests.text(endpoint, "/path")).isEqualTo("/metrics");
    }

    @Test
    void theProxiesMountTheSecretOfTheirCertificate() {
        JsonNode certificate = chart.document("Certificate", "gatehouse-proxy").path("spec");

        assertThat(certificate.path("secretName")).isEqualTo(value("/proxy/tls/secretName"));
        assertThat(certificate.path("issuerRef")).isEqualTo(value("/proxy/certificate/issuerRef"));
        assertThat(certificate.path("dnsNames")).isEqualTo(value("/proxy/certificate/dnsNames"));
        assertThat(Manifests.items(Manifests.pod(node("proxy")).path("volumes"))
                        .map(volume -> volume.at("/secret/secretName")))
                .contains(certificate.path("secretName"));
    }

    @Test
    void adminsAndIssuersReadTheirZoneFromTheLabel() {
        String path = "metadata.labels['" + value("/cluster/zoneLabel").asText() + "']";

        for (String role : List.of("issuer", "admin")) {
            assertThat(zones(node(role))).containsExactly(path);
        }
        assertThat(zones(node("proxy"))).isEmpty();
    }

    private static Stream<String> zones(JsonNode node) {
        return Manifests.items(Manifests.container(node).path("env"))
                .filter(variable -> Manifests.text(variable, "/name").equals("GATEHOUSE_CLUSTER_ZONE"))
                .map(variable -> Manifests.text(variable, "/valueFrom/fieldRef/fieldPath"));
    }

    /** An operator creates what the comment of the example lists, and nothing else. */
    @Test
    void theCommentOfTheProductionExampleListsWhatItNeeds() throws IOException {
        Manifests production = Helm.render("production.yaml");
        TreeSet<String> needed = new TreeSet<>();
        for (JsonNode workload : production.workloads()) {
            workload.findValues("secretName").forEach(name -> needed.add("Secret " + name.asText()));
            needed.add("PriorityClass " + Manifests.text(Manifests.pod(workload), "/priorityClassName"));
        }
        for (JsonNode certificate : production.ofKind("Certificate")) {
            JsonNode issuer = certificate.at("/spec/issuerRef");
            needed.add(Manifests.text(issuer, "/kind") + " " + Manifests.text(issuer, "/name"));
            needed.remove("Secret " + Manifests.text(certificate, "/spec/secretName"));
        }
        String comment = Files.readString(Helm.CHART.resolve("ci/production.yaml"));

        assertThat(comment.lines()
                        .filter(line -> line.startsWith("#   "))
                        .map(line -> String.join(
                                " ", List.of(line.substring(4).split(" ", -1)).subList(0, 2))))
                .containsExactlyInAnyOrderElementsOf(needed);
        assertThat(production.documents().stream()
                        .map(document -> Manifests.text(document, "/kind"))
                        .filter(CustomResources::isExtension)
                        .filter(kind -> !kind.equals("Certificate")))
                .isNotEmpty()
                .allMatch(kind -> comment.contains(Objects.requireNonNull(kind)));
        for (JsonNode port : production.document("Service", "gatehouse-proxy").at("/spec/ports")) {
            assertThat(comment.lines().filter(line -> line.startsWith("#")))
                    .anyMatch(line -> line.matches(".*\\b" + port.path("port").asText() + "\\b.*"));
        }
    }
}
