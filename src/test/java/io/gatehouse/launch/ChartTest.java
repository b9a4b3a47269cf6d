package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.gatehouse.config.AdminConfig;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.Version;
import io.gatehouse.launch.Manifests.Overlay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks what the chart renders with each of its value files, with the rules of the Kustomize overlays. */
class ChartTest {
    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    @TempDir
    private Path root;

    static List<String> valueFiles() {
        return Helm.valueFiles();
    }

    @ParameterizedTest
    @MethodSource("valueFiles")
    void everyDocumentIsStrictlyValidAndFollowsTheRules(String values) throws Exception {
        ManifestRules rules = new ManifestRules(Helm.render(values), root);

        rules.everyDocumentMatchesTheModelOfKubernetes();
        rules.nodesStartWithTheConfigurationOfTheirPods();
        rules.onlyRolesThatUseTheDatabaseGetItsUrl();
        rules.network().podsDeclareThePortsTheirNodesListenOn();
        rules.network().everyServiceSelectsPodsAndTheirPorts();
        rules.network().networkPoliciesAllowOnlyNeededConnections();
        rules.podsRunRestricted();
        rules.secretsAreMountedAsFiles();
        rules.nodesLeaveOneAtATime();
    }

    @Test
    void theBaseIsWhatTheChartRenders() {
        Manifests chart = Helm.render("kustomize.yaml");
        Manifests base = Manifests.of(Overlay.BASE);

        for (JsonNode document : base.documents()) {
            String kind = Manifests.text(document, "/kind");
            String name = Manifests.name(document).replaceFirst("^gatehouse-[a-z0-9]{10}$", "gatehouse");
            JsonNode rendered = chart.document(kind, name);
            if (kind.equals("ConfigMap")) {
                assertThat(rendered.path("data")).isEqualTo(document.path("data"));
            } else if (!kind.equals("Deployment")) {
                assertThat(rendered.path("spec")).as(kind + " " + name).isEqualTo(document.path("spec"));
            } else {
                assertThat(Manifests.container(rendered).path("env"))
                        .isEqualTo(Manifests.container(document).path("env"));
                assertThat(Manifests.pod(rendered).path("volumes"))
                        .isEqualTo(Manifests.pod(document).path("volumes"));
            }
        }
        assertThat(kindsAndNames(base)).isEqualTo(kindsAndNames(chart));
    }

    private static Set<String> kindsAndNames(Manifests manifests) {
        return manifests.documents().stream()
                .map(document -> Manifests.text(document, "/kind") + " "
                        + Manifests.name(document).replaceFirst("^gatehouse-[a-z0-9]{10}$", "gatehouse"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void aHookMigratesBeforeTheRelease_withAllItNeedsBeforeIt() {
        Manifests manifests = Helm.render("production.yaml");
        JsonNode job = manifests.document("Job", "gatehouse-migrate");
        int weight = weight(job);

        for (String kind : List.of("ServiceAccount", "ConfigMap", "NetworkPolicy")) {
            assertThat(weight(manifests.document(kind, "gatehouse-migrate"))).isLessThan(weight);
        }
        assertThat(Manifests.text(job, "/spec/template/spec/serviceAccountName"))
                .isEqualTo("gatehouse-migrate");
        // Everything that the pod names is a hook, or a Secret that exists.
        assertThat(Manifests.container(job).path("envFrom"))
                .allMatch(from -> Manifests.text(from, "/configMapRef/name").equals("gatehouse-migrate"));
        assertThat(manifests.nodes()).noneMatch(node -> Manifests.pod(node).has("initContainers"));
        for (JsonNode service : manifests.ofKind("Service")) {
            assertThat(Manifests.selects(service.at("/spec/selector"), job)).isFalse();
        }
    }

    @Test
    void theSmokeTestAsksTheServiceOfTheProxies() throws Exception {
        Manifests manifests = Helm.render("production.yaml");
        JsonNode pod = manifests.document("Pod", "gatehouse-test");
        JsonNode service = manifests.document("Service", "gatehouse-proxy");
        JsonNode container = pod.at("/spec/containers/0");
        List<String> command =
                Manifests.items(container.path("command")).map(JsonNode::asText).toList();

        assertThat(Manifests.text(pod, "/metadata/annotations/helm.sh~1hook")).isEqualTo("test");
        assertThat(Class.forName(command.get(command.size() - 2))).isEqualTo(HealthProbe.class);
        assertThat(command.get(command.size() - 1))
                .isEqualTo(Manifests.name(service) + ":" + Manifests.text(service, "/spec/ports/0/port"));
        assertThat(container.path("image"))
                .isEqualTo(Manifests.container(manifests.document("Deployment", "gatehouse-proxy"))
                        .path("image"));
        assertThat(pod.at("/spec/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(container.at("/securityContext/readOnlyRootFilesystem").asBoolean())
                .isTrue();
        for (JsonNode other : manifests.ofKind("Service")) {
            assertThat(Manifests.selectsLabels(other.at("/spec/selector"), pod.at("/metadata/labels")))
                    .isFalse();
        }
    }

    @Test
    void onlyTheMigrationHasThePasswordOfTheOwner() {
        Manifests manifests = Helm.render("production.yaml");

        assertThat(manifests.document("Job", "gatehouse-migrate").toString()).contains("gatehouse-owner");
        assertThat(manifests.nodes())
                .isNotEmpty()
                .noneMatch(node -> node.toString().contains("gatehouse-owner"));
    }

    @Test
    void numbersOfTheConfigurationAreWrittenInFull() {
        JsonNode data = Helm.render("production.yaml")
                .document("ConfigMap", "gatehouse")
                .path("data");

        assertThat(Manifests.text(data, "/GATEHOUSE_TOKEN_SHARED_CACHE_SIZE")).isEqualTo("2000000");
        assertThat(Manifests.text(data, "/OTEL_TRACES_SAMPLER_ARG")).isEqualTo("0.25");
        assertThat(Manifests.text(data, "/GATEHOUSE_CLUSTER_ENABLED")).isEqualTo("true");
    }

    private static int weight(JsonNode hook) {
        JsonNode annotations = hook.at("/metadata/annotations");
        assertThat(annotations.path("helm.sh/hook").asText()).isEqualTo("pre-install,pre-upgrade");
        assertThat(annotations.path("argocd.argoproj.io/sync-wave").asText())
                .isEqualTo(annotations.path("helm.sh/hook-weight").asText());
        return annotations.path("helm.sh/hook-weight").asInt();
    }

    @Test
    void adminsAndIssuersOfAZoneRunInIt() {
        Manifests manifests = Helm.render("zones.yaml");
        PodConfiguration configuration = new PodConfiguration(manifests, root);
        List<String> zones = new ArrayList<>();
        for (JsonNode node : manifests.nodes()) {
            GatehouseConfig config = configuration.of(node);
            String zone = config.cluster().zone();
            assertThat(zone != null).isEqualTo(config.usesDatabase());
            if (zone != null) {
                zones.add(zone);
                assertThat(Manifests.pod(node)
                                .at("/nodeSelector/topology.kubernetes.io~1zone")
                                .asText())
                        .isEqualTo(zone);
            }
        }
        assertThat(zones).hasSize(6).containsOnly("northamerica-northeast1-a", "europe-1b", "1");
    }

    @Test
    void theAuthorityOfPostgresMayBeInASecretOfItsOwn() {
        Manifests manifests = Helm.render("gateway-api.yaml");

        for (JsonNode workload :
                List.of(manifests.document("Deployment", "gw-issuer"), manifests.document("Job", "gw-migrate"))) {
            assertThat(Manifests.pod(workload).path("volumes"))
                    .anySatisfy(volume -> assertThat(volume.at("/projected/sources/1/secret/name"))
                            .hasToString("\"gatehouse-db-ca\""));
        }
    }

    @Test
    void theForwardedPortIsThatOfTheService() {
        Manifests manifests = Helm.render("production.yaml");
        JsonNode proxy = manifests.document("Deployment", "gatehouse-proxy");

        assertThat(new PodConfiguration(manifests, root)
                        .of(proxy)
                        .proxy()
                        .addresses()
                        .ports())
                .containsEntry(8000, 80)
                .containsEntry(8443, 443);
    }

    @Test
    void theAdminApiHasTheCertificateOfCertManagerAndRequiresOneOfClients() {
        Manifests manifests = Helm.render("production.yaml");
        JsonNode admin = manifests.document("Deployment", "gatehouse-admin");
        JsonNode certificate = manifests.document("Certificate", "gatehouse-admin");

        AdminConfig.Tls tls = Objects.requireNonNull(
                new PodConfiguration(manifests, root).of(admin).admin().tls());

        assertThat(tls.certificate()).endsWithRaw(Path.of("etc/gatehouse/tls/tls.crt"));
        assertThat(tls.certificateKey()).endsWithRaw(Path.of("etc/gatehouse/tls/tls.key"));
        assertThat(tls.clientAuthorities()).exists();
        assertThat(Manifests.items(Manifests.pod(admin).path("volumes"))
                        .map(volume -> Manifests.text(volume, "/secret/secretName")))
                .contains(Manifests.text(certificate, "/spec/secretName"));
        assertThat(Manifests.items(certificate.at("/spec/dnsNames")).map(JsonNode::asText))
                .contains("gatehouse-admin", "gatehouse-admin.default.svc");
    }

    @Test
    void theGracePeriodFollowsTheDrain() {
        Manifests manifests = Helm.render("production.yaml");
        JsonNode proxy = manifests.document("Deployment", "gatehouse-proxy");
        GatehouseConfig config = new PodConfiguration(manifests, root).of(proxy);

        assertThat(Duration.ofSeconds(Manifests.pod(proxy)
                        .path("terminationGracePeriodSeconds")
                        .asInt()))
                .isEqualTo(config.drainDelay().plus(config.drainTimeout()).plusSeconds(5 + 10 + 10));
    }

    /** Helm refuses unknown keys only where the schema says so. */
    @Test
    void theSchemaHasEveryValueAndRefusesOthersAtEveryLevel() throws Exception {
        JsonNode schema = new ObjectMapper()
                .readTree(Helm.CHART.resolve("values.schema.json").toFile());
        JsonNode values = YAML.readTree(Helm.CHART.resolve("values.yaml").toFile());

        compare("values", schema, values);
        for (String file : valueFiles()) {
            known(
                    file,
                    schema,
                    YAML.readTree(Helm.CHART.resolve("ci").resolve(file).toFile()));
        }
    }

    /** Every key of the schema has a default, and every default is in the schema. */
    private static void compare(String path, JsonNode schema, JsonNode values) {
        assertThat(schema.path("additionalProperties")).as(path).hasToString("false");
        for (var property : schema.path("properties").properties()) {
            String name = path + "." + property.getKey();
            if (property.getValue().has("properties") && !optional(name)) {
                compare(name, property.getValue(), values.path(property.getKey()));
            } else if (!optional(name)) {
                assertThat(values.has(property.getKey())).as(name).isTrue();
            }
        }
        known(path, schema, values);
    }

    /** enabled and global belong to a chart that has this one as a dependency. Others are fields of Kubernetes that have no default here. */
    private static boolean optional(String name) {
        return name.matches("values\\.(enabled|global)|.*\\.(ephemeral-storage|issuerRef\\.group)");
    }

    private static void known(String path, JsonNode schema, JsonNode values) {
        if (schema.has("properties")) {
            values.properties().forEach(value -> {
                String name = path + "." + value.getKey();
                assertThat(schema.path("properties").has(value.getKey()))
                        .as(name)
                        .isTrue();
                known(name, schema.path("properties").path(value.getKey()), value.getValue());
            });
        }
    }

    @Test
    void theVersionIsTheProducts() throws Exception {
        JsonNode chart = YAML.readTree(Helm.CHART.resolve("Chart.yaml").toFile());

        assertThat(chart.path("version").asText()).isEqualTo(Version.current());
        assertThat(chart.path("appVersion").asText()).isEqualTo(Version.current());
    }

    @Test
    void everyExampleIsValid() throws Exception {
        try (var files = Files.list(Helm.CHART.resolve("examples"))) {
            for (Path file : files.toList()) {
                for (JsonNode document : Manifests.parse(Files.readString(file)).documents()) {
                    KubernetesModel.check(Objects.requireNonNull(document));
                }
            }
        }
    }
}
