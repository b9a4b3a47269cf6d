package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.gatehouse.launch.settings.Setting;
import io.gatehouse.launch.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks that docs/how-to/kubernetes.md names values, objects and manifests that exist. */
class KubernetesHowToTest {
    private static final Pattern BLOCK = Pattern.compile("(?s)```yaml\n(.*?)```");
    private static final Pattern VALUE = Pattern.compile("`([a-z][A-Za-z]*(?:\\.[A-Za-z_-]+)+)(?::[^`]*)?`");
    private static final Pattern OBJECT = Pattern.compile("\\b(deployment|service|job|hpa)[/ ](gatehouse-[a-z-]+)");
    private static final Pattern CHANGE =
            Pattern.compile("kubectl[^\n`]* (?:scale|restart|undo|delete|annotate) deploy(?:ment)?\\b([^\n`]*)");
    private static final Map<String, String> KINDS =
            Map.of("deployment", "Deployment", "service", "Service", "job", "Job", "hpa", "HorizontalPodAutoscaler");

    private String page = "";
    private JsonNode schema = new ObjectMapper().createObjectNode();

    @BeforeEach
    void read() throws IOException {
        page = Files.readString(Path.of("docs/how-to/kubernetes.md"));
        schema = new ObjectMapper()
                .readTree(Helm.CHART.resolve("values.schema.json").toFile());
    }

    private List<JsonNode> manifests() {
        return BLOCK.matcher(page)
                .results()
                .flatMap(block -> Manifests.parse(block.group(1)).documents().stream())
                .filter(document -> document.has("kind"))
                .toList();
    }

    @Test
    void everyManifestIsValid() throws ReflectiveOperationException {
        assertThat(manifests()).isNotEmpty();
        for (JsonNode manifest : manifests()) {
            KubernetesModel.check(Objects.requireNonNull(manifest));
        }
    }

    /** A namespace may enforce the profile "restricted" of the Pod Security Standards. */
    @Test
    void theJobOfDeckRunsRestricted_outsideTheNamespaceOfTheNodes() {
        JsonNode job = new Manifests(manifests()).ofKind("Job").get(0);
        JsonNode pod = Manifests.pod(job);
        JsonNode security = Manifests.container(job).path("securityContext");

        // Another image would be a change that no commit of the team has.
        assertThat(Manifests.text(Manifests.container(job), "/image")).matches("[a-z/]+:v[0-9.]+");
        assertThat(Manifests.text(job, "/metadata/namespace")).isNotEmpty().isNotEqualTo("gatehouse");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        // The image names its user, which the kubelet cannot compare with root.
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
        assertThat(Manifests.text(pod, "/securityContext/seccompProfile/type")).isEqualTo("RuntimeDefault");
        assertThat(security.path("allowPrivilegeEscalation")).hasToString("false");
        assertThat(Manifests.text(security, "/capabilities/drop/0")).isEqualTo("ALL");
    }

    @Test
    void everyValueIsOneOfTheChartOrAKeyOfTheConfiguration() {
        List<String> names = VALUE.matcher(page)
                .results()
                .map(found -> found.group(1))
                .filter(name -> schema.path("properties").has(name.substring(0, name.indexOf('.'))))
                .distinct()
                .toList();

        assertThat(names).hasSizeGreaterThan(20).allMatch(name -> isValue(name) || isKey(name));
    }

    private boolean isValue(String name) {
        JsonNode node = schema;
        for (String part : name.split("\\.", -1)) {
            JsonNode properties = node.path("properties");
            if (properties.isMissingNode()) {
                // A map, such as config.
                return true;
            }
            node = properties.path(part);
        }
        return !node.isMissingNode();
    }

    private static boolean isKey(String name) {
        return Settings.ALL.stream().map(Setting::key).anyMatch(name::equals);
    }

    @Test
    void everyObjectIsOneOfTheChart() {
        Manifests chart = Helm.render("gateway-api.yaml");
        List<MatchResult> named = OBJECT.matcher(page).results().toList();

        assertThat(named).isNotEmpty();
        for (MatchResult object : named) {
            // The fixture's objects begin with gw.
            String name = object.group(2).replaceFirst("^gatehouse", "gw");
            assertThat(Manifests.name(chart.document(Objects.requireNonNull(KINDS.get(object.group(1))), name)))
                    .isEqualTo(name);
        }
    }

    @Test
    void thePatchOfThePostgresPort_opensTheOtherPortToAdminsAndIssuersAlone() throws IOException {
        Manifests.kubectl();
        String patches = BLOCK.matcher(page)
                .results()
                .map(block -> block.group(1))
                .filter(block -> block.startsWith("patches:"))
                .findFirst()
                .orElseThrow();
        Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "port");
        Files.writeString(directory.resolve("kustomization.yaml"), "resources: [../../k8s/base]\n" + patches);
        Manifests patched = Manifests.kustomize(directory);
        NetworkReach reach = new NetworkReach(patched);

        for (JsonNode node : patched.nodes()) {
            boolean proxy = Manifests.name(node).equals("gatehouse-proxy");
            assertThat(reach.outside(node, 6432)).isNotEqualTo(proxy);
            for (int other : List.of(5432, 6431, 6433)) {
                assertThat(reach.outside(node, other)).isEqualTo(proxy);
            }
        }
        Files.delete(directory.resolve("kustomization.yaml"));
        Files.delete(directory);
    }

    /** A namespace may have Deployments of others. */
    @Test
    void commandsChangeDeploymentsByNameOrByTheLabelOfGatehouse() {
        assertThat(CHANGE.matcher(page).results().map(command -> command.group(1)))
                .hasSizeGreaterThan(5)
                .allMatch(which -> which.matches("[/ ]gatehouse\\b.*| -l app\\.kubernetes\\.io/name=gatehouse\\b.*"));
    }

    /** kubectl reads the log of one pod of a Deployment, a ready one if there is one: not that of each, and not of the one that fails. */
    @ParameterizedTest
    @ValueSource(strings = {"docs/how-to/kubernetes.md", "docs/runbook.md"})
    void logs_areThoseOfANamedPodOrOfEachPod(String file) throws IOException {
        assertThat(Files.readString(Path.of(file))).doesNotContain("logs deployment/", "logs deploy/");
    }
}
