package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.Role;
import io.gatehouse.config.Version;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * Checks the rendered documents of an overlay: their fields, and the configuration, restrictions and roll-out of pods.
 * Each rule fails with an {@link AssertionError}.
 */
final class ManifestRules {
    /** {@code Launcher.STOP_MARGIN}: time for leaving the cluster and closing the pool, after both drains. */
    private static final Duration LEAVING = Duration.ofSeconds(10);

    private static final Pattern SECRET = Pattern.compile("PASSWORD|SECRET|TOKEN");

    private final Manifests manifests;
    private final PodConfiguration configuration;
    private final NetworkRules network;

    ManifestRules(Manifests manifests, Path root) {
        this.manifests = manifests;
        this.configuration = new PodConfiguration(manifests, root);
        this.network = new NetworkRules(manifests, configuration);
    }

    /** Returns the rules for ports, probes, Services and NetworkPolicies. */
    NetworkRules network() {
        return network;
    }

    /** Every field is in Kubernetes' model, none is missing, and each has its type. */
    void everyDocumentMatchesTheModelOfKubernetes() throws ReflectiveOperationException {
        assertThat(manifests.documents()).isNotEmpty();
        for (JsonNode document : manifests.documents()) {
            KubernetesModel.check(document);
        }
    }

    /** Every variable is a key of the configuration, and the values start a node of the role that its name says. */
    void nodesStartWithTheConfigurationOfTheirPods() {
        Set<Role> roles = new TreeSet<>();
        for (JsonNode node : manifests.nodes()) {
            GatehouseConfig config = configuration.of(node);
            roles.addAll(config.roles());
            assertThat(config.cluster().enabled()).isTrue();
            assertThat(config.cluster().bind().host()).isEqualTo(PodConfiguration.POD_IP);
            assertThat(config.cluster().secret()).isNotEmpty();
            JsonNode service = manifests.document(
                    "Service", Objects.requireNonNull(config.cluster().kubernetesService()));
            assertThat(Manifests.text(service, "/spec/clusterIP")).isEqualTo("None");
            assertThat(service.at("/spec/publishNotReadyAddresses").asBoolean()).isTrue();
            assertThat(service.at("/spec/ports/0/port").asInt())
                    .isEqualTo(config.cluster().bind().port());
            assertThat(manifests.nodes()).allMatch(other -> Manifests.selects(service.at("/spec/selector"), other));
            assertThat(Duration.ofSeconds(Manifests.pod(node)
                            .path("terminationGracePeriodSeconds")
                            .asInt()))
                    .isGreaterThan(pause(node)
                            .plus(config.drainDelay())
                            .plus(config.drainTimeout())
                            .plus(LEAVING));
            assertThat(pause(node)).isPositive();
            assertThat(config.drainDelay()).isPositive();
        }
        assertThat(roles).containsExactly(Role.values());
    }

    /** Returns how long a pod serves before its node gets SIGTERM, so that Services remove the pod first. */
    private static Duration pause(JsonNode node) {
        JsonNode command = Manifests.container(node).at("/lifecycle/preStop/exec/command");
        assertThat(Manifests.text(command, "/0"))
                .as("preStop of %s", Manifests.name(node))
                .isEqualTo("sleep");
        return Duration.ofSeconds(command.path(1).asInt());
    }

    /** Nodes with a database have a migration step. A proxy has no database URL. */
    void onlyRolesThatUseTheDatabaseGetItsUrl() {
        List<JsonNode> jobs = manifests.ofKind("Job");
        for (JsonNode node : manifests.nodes()) {
            boolean wanted = configuration.of(node).usesDatabase();
            assertThat(node.toString().contains("postgres"))
                    .as("whether %s has a PostgreSQL URL", Manifests.name(node))
                    .isEqualTo(wanted);
            JsonNode steps = Manifests.pod(node).path("initContainers");
            assertThat(steps).hasSize(wanted && jobs.isEmpty() ? 1 : 0);
            for (JsonNode step : steps) {
                checkMigration(node, step, configuration.of(node).postgres());
            }
            for (JsonNode job : wanted ? jobs : List.<JsonNode>of()) {
                checkMigration(
                        job, Manifests.container(job), configuration.of(node).postgres());
            }
        }
    }

    /** A container migrates the database that a node uses, as its role or as the owner of the tables, and waits for it. */
    private void checkMigration(JsonNode workload, JsonNode step, PostgresConfig database) {
        String[] arguments =
                Manifests.items(step.path("args")).map(JsonNode::asText).toArray(String[]::new);
        assertThat(arguments).as("arguments of %s", Manifests.name(workload)).hasSize(2);
        assertThat(arguments[0]).isEqualTo("migrate");
        assertThat(arguments[1]).matches("--wait=[0-9]+m");
        PostgresConfig own = configuration.of(workload, step).postgres();
        assertThat(own.url()).isEqualTo(database.url());
        if (workload.toString().contains("gatehouse-owner")) {
            assertThat(own.role()).isEqualTo("owner");
            assertThat(own.password()).isEqualTo("of the owner");
        } else {
            assertThat(own.role()).isEqualTo(database.role());
            assertThat(own.password()).isEqualTo(database.password());
        }
        assertThat(own.tls()).isEqualTo(database.tls());
    }

    /** Pods match the profile "restricted" of the Pod Security Standards, which the namespaces enforce, and more. */
    void podsRunRestricted() {
        for (JsonNode workload : manifests.workloads()) {
            JsonNode pod = Manifests.pod(workload);
            assertThat(pod.path("automountServiceAccountToken")).hasToString("false");
            assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
            assertThat(pod.at("/securityContext/runAsUser").asInt()).isPositive();
            assertThat(Manifests.text(pod, "/securityContext/seccompProfile/type"))
                    .isEqualTo("RuntimeDefault");
            Manifests.containers(workload).forEach(container -> {
                JsonNode security = container.path("securityContext");
                assertThat(security.path("allowPrivilegeEscalation")).hasToString("false");
                assertThat(security.path("readOnlyRootFilesystem").asBoolean()).isTrue();
                assertThat(security.at("/capabilities/drop/0").asText()).isEqualTo("ALL");
                assertThat(container.path("volumeMounts"))
                        .anyMatch(mount -> mount.path("mountPath").asText().equals("/tmp"));
                assertThat(container.at("/resources/requests/cpu").isMissingNode())
                        .isFalse();
                assertThat(container.at("/resources/requests/memory").isMissingNode())
                        .isFalse();
                assertThat(container.at("/resources/limits/memory").isMissingNode())
                        .isFalse();
            });
        }
        for (JsonNode node : manifests.nodes()) {
            JsonNode account = manifests.document(
                    "ServiceAccount", Manifests.text(node, "/spec/template/spec/serviceAccountName"));
            assertThat(account.path("automountServiceAccountToken")).hasToString("false");
            assertThat(Manifests.containers(node))
                    .allMatch(container -> container
                            .path("image")
                            .asText()
                            .matches(
                                    "(.*/)?gatehouse(:" + Pattern.quote(Version.current()) + "|@sha256:[0-9a-f]{64})"));
        }
    }

    /** Secrets are not in the environment, which {@code kubectl describe} prints and child processes inherit. */
    void secretsAreMountedAsFiles() {
        for (JsonNode workload : manifests.workloads()) {
            Manifests.containers(workload)
                    .flatMap(container -> Manifests.items(container.path("env")))
                    .map(variable -> variable.path("name").asText())
                    .filter(name -> SECRET.matcher(name).find())
                    .forEach(name -> assertThat(name)
                            .as("a secret of %s", Manifests.name(workload))
                            .endsWith("_FILE"));
        }
    }

    /** Roll-outs, node drains and the autoscaler stop one pod of a Deployment at a time. */
    void nodesLeaveOneAtATime() {
        for (JsonNode node : manifests.nodes()) {
            assertThat(Manifests.selects(node.at("/spec/selector"), node)).isTrue();
            JsonNode update = node.at("/spec/strategy/rollingUpdate");
            assertThat(update.path("maxSurge").asInt()).isEqualTo(1);
            assertThat(update.path("maxUnavailable").asInt(-1)).isZero();
            assertThat(Manifests.pod(node).path("topologySpreadConstraints"))
                    .hasSize(2)
                    .allMatch(spread -> Manifests.selects(spread.path("labelSelector"), node));
            assertThat(manifests.ofKind("PodDisruptionBudget"))
                    .filteredOn(budget -> Manifests.selects(budget.at("/spec/selector"), node))
                    .hasSize(1)
                    .allMatch(budget -> budget.at("/spec/maxUnavailable").asInt() == 1)
                    .allMatch(budget -> Manifests.text(budget, "/spec/unhealthyPodEvictionPolicy")
                            .equals("AlwaysAllow"));
        }
        for (JsonNode scaler : manifests.ofKind("HorizontalPodAutoscaler")) {
            JsonNode target = manifests.document("Deployment", Manifests.text(scaler, "/spec/scaleTargetRef/name"));
            assertThat(configuration.of(target).roles()).containsExactly(Role.PROXY);
            assertThat(scaler.at("/spec/metrics")).hasSize(1);
            assertThat(Manifests.text(scaler, "/spec/metrics/0/resource/name")
                            + Manifests.text(scaler, "/spec/metrics/0/pods/metric/name"))
                    .isIn("cpu", "gatehouse_requests_per_second");
            assertThat(target.path("spec").has("replicas"))
                    .as("a number of replicas, which each apply would restore")
                    .isFalse();
        }
    }
}
