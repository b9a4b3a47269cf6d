package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the Kubernetes manifests say, held against what the code expects. */
class ManifestsTest {
    private static final String POD_IP = "10.1.2.3";
    private static final Duration LEAVING_THE_CLUSTER = Duration.ofSeconds(10);

    /** Stands for the root of the container's file system. */
    @TempDir
    private Path root;

    static Stream<JsonNode> deployments() {
        return Manifests.deployments().stream();
    }

    /** The base's Deployments, and the production overlay's changes to that of the proxies. */
    static Stream<JsonNode> deploymentsAndPatches() {
        return Stream.concat(deployments(), Manifests.read(Manifests.PRODUCTION.resolve("proxy.yaml")).stream());
    }

    @Test
    void thereIsOneDeploymentForEachRole() throws Exception {
        Set<Role> roles = new TreeSet<>();
        for (JsonNode deployment : Manifests.deployments()) {
            roles.addAll(configuration(deployment).roles());
        }
        assertThat(roles).containsExactly(Role.values());
        assertThat(deployments().map(Manifests::name))
                .containsExactlyInAnyOrder("gatehouse-proxy", "gatehouse-admin", "gatehouse-issuer");
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aNodeStartsWithWhatItsPodIsGiven(JsonNode deployment) throws Exception {
        GatehouseConfig config = configuration(deployment);
        assertThat(config.cluster().enabled()).isTrue();
        assertThat(config.cluster().bind())
                .isEqualTo(new ListenAddress(POD_IP, port(deployment, "cluster").orElseThrow()));
        assertThat(config.cluster().kubernetesService()).isEqualTo("gatehouse-cluster");
        assertThat(config.drainDelay()).isEqualTo(Duration.ofSeconds(5));
        assertThat(Duration.ofSeconds(Manifests.pod(deployment)
                        .path("terminationGracePeriodSeconds")
                        .asInt()))
                .isGreaterThan(config.drainDelay().plus(config.drainTimeout()).plus(LEAVING_THE_CLUSTER));
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aPodDeclaresThePortsItsNodeListensOn(JsonNode deployment) throws Exception {
        GatehouseConfig config = configuration(deployment);
        assertThat(port(deployment, "status")).hasValue(portOf(config.status().http()));
        if (config.roles().contains(Role.PROXY)) {
            assertThat(port(deployment, "http")).hasValue(portOf(config.proxy().http()));
            assertThat(port(deployment, "https")).hasValue(portOf(config.proxy().https()));
        }
        if (config.roles().contains(Role.ADMIN)) {
            assertThat(port(deployment, "admin")).hasValue(portOf(config.admin().http()));
        }
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void probesAskTheStatusListener(JsonNode deployment) {
        JsonNode container = Manifests.container(deployment);
        Map.of("startupProbe", "/ready", "readinessProbe", "/ready", "livenessProbe", "/live")
                .forEach((probe, path) -> {
                    JsonNode request = container.path(probe).path("httpGet");
                    assertThat(request.path("path").asText()).as(probe).isEqualTo(path);
                    assertThat(request.path("port").asText()).as(probe).isEqualTo("status");
                });
        JsonNode startup = container.path("startupProbe");
        assertThat(startup.path("periodSeconds").asInt()
                        * startup.path("failureThreshold").asInt())
                .isGreaterThanOrEqualTo(60);
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void podsKeepToTheRestrictedProfile(JsonNode deployment) {
        JsonNode pod = Manifests.pod(deployment);
        assertThat(pod.path("automountServiceAccountToken")).hasToString("false");
        assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
        assertThat(pod.at("/securityContext/runAsUser").asInt()).isEqualTo(10_001);
        assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
        JsonNode security = Manifests.container(deployment).path("securityContext");
        assertThat(security.path("allowPrivilegeEscalation")).hasToString("false");
        assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
        assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
    }

    @ParameterizedTest
    @MethodSource("deployments")
    void aRollOutNeverHasFewerPodsThanAskedFor(JsonNode deployment) {
        JsonNode update = deployment.at("/spec/strategy/rollingUpdate");
        assertThat(update.path("maxSurge").asInt()).isEqualTo(1);
        assertThat(update.path("maxUnavailable").asInt(-1)).isZero();
        assertThat(Manifests.selects(deployment.at("/spec/selector/matchLabels"), deployment))
                .isTrue();
        assertThat(Manifests.pod(deployment).path("topologySpreadConstraints"))
                .hasSize(2)
                .allMatch(spread -> Manifests.selects(spread.at("/labelSelector/matchLabels"), deployment));
    }

    @ParameterizedTest
    @MethodSource("deploymentsAndPatches")
    void everyMountHasItsVolume(JsonNode deployment) {
        List<String> volumes = Manifests.items(Manifests.pod(deployment).path("volumes"))
                .map(volume -> volume.path("name").asText())
                .toList();
        assertThat(Manifests.container(deployment).path("volumeMounts"))
                .allMatch(mount -> volumes.contains(mount.path("name").asText()));
    }

    @ParameterizedTest
    @MethodSource("deploymentsAndPatches")
    void aProxyGetsNothingOfTheDatabase(JsonNode deployment) {
        boolean proxy = Manifests.name(deployment).equals("gatehouse-proxy");
        assertThat(deployment.toString().toLowerCase(Locale.ROOT).contains("postgres"))
                .as(Manifests.name(deployment))
                .isNotEqualTo(proxy);
    }

    @Test
    void theProductionOverlayNamesKeysOfTheConfiguration() {
        List<String> known = Settings.ALL.stream().map(Setting::environment).toList();
        assertThat(deploymentsAndPatches()
                        .flatMap(deployment ->
                                Manifests.items(Manifests.container(deployment).path("env")))
                        .map(variable -> variable.path("name").asText())
                        .filter(name -> name.startsWith(Setting.PREFIX)))
                .isNotEmpty()
                .allMatch(known::contains);
    }

    @Test
    void everyServiceLeadsToPortsOfPods() {
        List<JsonNode> services = Manifests.resources(Manifests.BASE).stream()
                .filter(Manifests.ofKind("Service"))
                .toList();
        assertThat(services.stream().map(Manifests::name))
                .containsExactlyInAnyOrder("gatehouse-proxy", "gatehouse-admin", "gatehouse-cluster");
        for (JsonNode service : services) {
            List<JsonNode> selected = deployments()
                    .filter(candidate -> Manifests.selects(service.at("/spec/selector"), candidate))
                    .toList();
            assertThat(selected).as(Manifests.name(service)).isNotEmpty();
            for (JsonNode port : service.at("/spec/ports")) {
                assertThat(selected)
                        .allSatisfy(deployment -> assertThat(
                                        port(deployment, port.path("targetPort").asText()))
                                .hasValue(port.path("port").asInt()));
            }
        }
    }

    @Test
    void nodesFindEachOtherBeforeTheyAreReady() {
        JsonNode cluster = Manifests.resources(Manifests.BASE).stream()
                .filter(Manifests.ofKind("Service"))
                .filter(service -> Manifests.name(service).equals("gatehouse-cluster"))
                .findFirst()
                .orElseThrow();
        assertThat(cluster.at("/spec/clusterIP").asText()).isEqualTo("None");
        assertThat(cluster.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
        assertThat(deployments()).allMatch(node -> Manifests.selects(cluster.at("/spec/selector"), node));
    }

    @Test
    void everyDeploymentHasItsDisruptionBudget() {
        List<JsonNode> budgets = Manifests.resources(Manifests.BASE).stream()
                .filter(Manifests.ofKind("PodDisruptionBudget"))
                .toList();
        assertThat(deployments())
                .allSatisfy(deployment -> assertThat(budgets)
                        .filteredOn(budget -> Manifests.selects(budget.at("/spec/selector/matchLabels"), deployment))
                        .hasSize(1)
                        .allMatch(budget -> budget.at("/spec/maxUnavailable").asInt() == 1));
    }

    @Test
    void networkPoliciesOpenPortsThatExist() {
        for (JsonNode policy : (Iterable<JsonNode>)
                Manifests.resources(Manifests.BASE).stream().filter(Manifests.ofKind("NetworkPolicy"))::iterator) {
            List<JsonNode> selected = deployments()
                    .filter(node -> Manifests.selects(policy.at("/spec/podSelector/matchLabels"), node))
                    .toList();
            assertThat(selected).as(Manifests.name(policy)).isNotEmpty();
            for (JsonNode rule : policy.at("/spec/ingress")) {
                for (JsonNode port : rule.path("ports")) {
                    assertThat(selected)
                            .allMatch(node ->
                                    port(node, port.path("port").asText()).isPresent());
                }
            }
        }
    }

    @Test
    void theDevelopmentOverlayMakesEverySecret() {
        assertThat(Manifests.literals(Manifests.DEV, "secretGenerator", "gatehouse-postgres"))
                .containsOnlyKeys("url", "user", "password");
        assertThat(Manifests.literals(Manifests.DEV, "secretGenerator", "gatehouse-admin"))
                .containsOnlyKeys("token");
        assertThat(Manifests.resources(Manifests.DEV).stream()
                        .filter(Manifests.ofKind("Service"))
                        .map(Manifests::name))
                .containsExactly("gatehouse-postgres");
    }

    private static int portOf(@Nullable ListenAddress address) {
        return Objects.requireNonNull(address).port();
    }

    private static Optional<Integer> port(JsonNode deployment, String name) {
        return Manifests.items(Manifests.container(deployment).path("ports"))
                .filter(port -> port.path("name").asText().equals(name))
                .map(port -> port.path("containerPort").asInt())
                .findFirst();
    }

    /** What the node of a pod would run with, its secrets being those of development. */
    private GatehouseConfig configuration(JsonNode deployment) throws Exception {
        Map<String, String> environment =
                new LinkedHashMap<>(Manifests.literals(Manifests.BASE, "configMapGenerator", "gatehouse"));
        assertThat(Manifests.container(deployment)
                        .at("/envFrom/0/configMapRef/name")
                        .asText())
                .isEqualTo("gatehouse");
        for (JsonNode variable : Manifests.container(deployment).path("env")) {
            environment.put(variable.path("name").asText(), value(variable));
        }
        for (JsonNode volume : Manifests.pod(deployment).path("volumes")) {
            writeSecrets(deployment, volume);
        }
        environment.replaceAll((name, value) ->
                value.startsWith("/etc/") ? root.resolve(value.substring(1)).toString() : value);
        return new ConfigLoader(environment, root).load(null).config();
    }

    private static String value(JsonNode variable) {
        JsonNode secret = variable.at("/valueFrom/secretKeyRef");
        if (secret.isObject()) {
            return secretValue(secret.path("name").asText(), secret.path("key").asText());
        }
        return variable.at("/valueFrom/fieldRef/fieldPath").asText().equals("status.podIP")
                ? POD_IP
                : variable.path("value").asText().replace("$(POD_IP)", POD_IP);
    }

    private static String secretValue(String name, String key) {
        return Objects.requireNonNull(
                Manifests.literals(Manifests.DEV, "secretGenerator", name).get(key), name + " has no " + key);
    }

    private void writeSecrets(JsonNode deployment, JsonNode volume) throws Exception {
        String mountPath = Manifests.items(Manifests.container(deployment).path("volumeMounts"))
                .filter(mount -> mount.path("name").equals(volume.path("name")))
                .map(mount -> mount.path("mountPath").asText())
                .findFirst()
                .orElseThrow();
        for (JsonNode item : volume.at("/secret/items")) {
            Path file = root.resolve(mountPath.substring(1))
                    .resolve(item.path("path").asText());
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.writeString(
                    file,
                    secretValue(
                            volume.at("/secret/secretName").asText(),
                            item.path("key").asText()));
        }
    }
}
