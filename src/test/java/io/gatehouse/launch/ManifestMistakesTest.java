package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.gatehouse.launch.Manifests.Overlay;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks that each rule of {@link ManifestRules} fails for a manifest with one mistake. */
class ManifestMistakesTest {
    @TempDir
    private Path root;

    /** Represents a rule. */
    @FunctionalInterface
    private interface Rule {
        void check(ManifestRules rules) throws Exception;
    }

    @Test
    void anUnknownFieldFails() {
        assertFails(
                ManifestRules::everyDocumentMatchesTheModelOfKubernetes,
                "Deployment",
                "gatehouse-proxy",
                proxy -> container(proxy).put("imagePullPolice", "Always"),
                "imagePullPolice");
        assertFails(
                ManifestRules::everyDocumentMatchesTheModelOfKubernetes,
                "HorizontalPodAutoscaler",
                "gatehouse-proxy",
                scaler -> ((ObjectNode) scaler.path("spec")).put("minReplica", 1),
                "minReplica");
    }

    @Test
    void aFieldOfAnotherTypeOrAMissingFieldFails() {
        assertFails(
                ManifestRules::everyDocumentMatchesTheModelOfKubernetes,
                "PodDisruptionBudget",
                "gatehouse-proxy",
                budget -> ((ObjectNode) budget.path("spec")).put("selector", "proxies"),
                "PodDisruptionBudget gatehouse-proxy");
        assertFails(
                ManifestRules::everyDocumentMatchesTheModelOfKubernetes,
                "Deployment",
                "gatehouse-proxy",
                proxy -> ((ObjectNode) proxy.path("spec")).remove("selector"),
                "selector");
    }

    @Test
    void aNumberInPlaceOfAStringFails() {
        assertFails(
                ManifestRules::everyDocumentMatchesTheModelOfKubernetes,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ObjectNode) issuer.at("/spec/selector/matchLabels")).put("gatehouse.io/zone", 1),
                "matchLabels");
        assertFails(
                ManifestRules::everyDocumentMatchesTheModelOfKubernetes,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ArrayNode) container(issuer).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_CLUSTER_ZONE")
                        .put("value", 1),
                "env");
    }

    @Test
    void aVariableOfNoSettingFails() {
        assertFails(
                ManifestRules::nodesStartWithTheConfigurationOfTheirPods,
                "Deployment",
                "gatehouse-proxy",
                proxy -> ((ArrayNode) container(proxy).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_PROXY_HTPP")
                        .put("value", "0.0.0.0:8000"),
                "GATEHOUSE_PROXY_HTPP");
    }

    @Test
    void aMountWithoutAVolumeFails() {
        assertFails(
                ManifestRules::nodesStartWithTheConfigurationOfTheirPods,
                "Deployment",
                "gatehouse-admin",
                admin -> ((ArrayNode) Manifests.pod(admin).path("volumes")).removeAll(),
                "no volume");
    }

    @Test
    void aGracePeriodShorterThanTheDrainFails() {
        assertFails(
                ManifestRules::nodesStartWithTheConfigurationOfTheirPods,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ObjectNode) Manifests.pod(issuer)).put("terminationGracePeriodSeconds", 30),
                "30S");
    }

    @Test
    void aNodeThatStopsBeforeServicesRemovedItFails() {
        assertFails(
                ManifestRules::nodesStartWithTheConfigurationOfTheirPods,
                "Deployment",
                "gatehouse-proxy",
                proxy -> container(proxy).remove("lifecycle"),
                "preStop of gatehouse-proxy");
    }

    @Test
    void aSecretInTheEnvironmentFails() {
        assertFails(
                ManifestRules::secretsAreMountedAsFiles,
                "Deployment",
                "gatehouse-admin",
                admin -> ((ArrayNode) container(admin).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_ADMIN_TOKEN")
                        .put("value", "letmein"),
                "a secret of gatehouse-admin");
    }

    @Test
    void aProbeOfAMissingPathFails() {
        Set<String> served = Set.of("/live", "/ready");
        assertFails(
                rules -> rules.network().probesUsePathsOfTheStatusListener(served::contains),
                "Deployment",
                "gatehouse-admin",
                admin -> ((ObjectNode) container(admin).at("/startupProbe/httpGet")).put("path", "/healthz"),
                "/healthz");
    }

    @Test
    void aPortWithoutAListenerFails() {
        assertFails(
                rules -> rules.network().podsDeclareThePortsTheirNodesListenOn(),
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ArrayNode) container(issuer).path("ports"))
                        .addObject()
                        .put("name", "admin")
                        .put("containerPort", 8001),
                "8001");
        assertFails(
                rules -> rules.network().everyServiceSelectsPodsAndTheirPorts(),
                "Service",
                "gatehouse-proxy",
                service -> ((ObjectNode) service.at("/spec/ports/0")).put("targetPort", "web"),
                "gatehouse-proxy");
    }

    @Test
    void aServiceThatSelectsNoPodFails() {
        assertFails(
                rules -> rules.network().everyServiceSelectsPodsAndTheirPorts(),
                "Service",
                "gatehouse-admin",
                service -> ((ObjectNode) service.at("/spec/selector")).put("app.kubernetes.io/component", "control"),
                "pods behind the Service gatehouse-admin");
    }

    @Test
    void aPolicyThatLetsAProxyReachPostgresFails() {
        Manifests dev = Manifests.of(Overlay.DEV);
        openEgress(dev.document("NetworkPolicy", "gatehouse-proxy"));
        JsonNode proxy = dev.document("Deployment", "gatehouse-proxy");
        JsonNode postgres = dev.document("StatefulSet", "gatehouse-postgres");

        // The database's own policy still rejects the connection.
        assertThat(new NetworkReach(dev).between(proxy, postgres, 5432)).isFalse();
        ((ObjectNode) dev.document("NetworkPolicy", "gatehouse-postgres").at("/spec/ingress/0/from/0/podSelector"))
                .remove("matchExpressions");
        assertThat(new NetworkReach(dev).between(proxy, postgres, 5432)).isTrue();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> new ManifestRules(dev, root).network().networkPoliciesAllowOnlyNeededConnections())
                .withMessageContaining("gatehouse-proxy reaches");
    }

    @Test
    void aPolicyThatOpensTheNetworkFails() {
        assertFails(
                rules -> rules.network().networkPoliciesAllowOnlyNeededConnections(),
                "NetworkPolicy",
                "gatehouse-proxy",
                ManifestMistakesTest::openEgress,
                "gatehouse-proxy reaches a PostgreSQL outside");
        assertFails(
                rules -> rules.network().networkPoliciesAllowOnlyNeededConnections(),
                "NetworkPolicy",
                "gatehouse-cluster",
                policy -> ((ObjectNode) policy.at("/spec/ingress/0")).remove("ports"),
                "Admin API");
        assertFails(
                rules -> rules.network().networkPoliciesAllowOnlyNeededConnections(),
                "NetworkPolicy",
                "gatehouse-admin",
                policy -> ((ObjectNode) policy.at("/spec/ingress/0")).remove("from"),
                "Admin API");
    }

    @Test
    void aProxyWithADatabaseUrlFails() {
        assertFails(
                ManifestRules::onlyRolesThatUseTheDatabaseGetItsUrl,
                "Deployment",
                "gatehouse-proxy",
                proxy -> ((ArrayNode) container(proxy).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_POSTGRES_URL")
                        .put("value", "postgresql://db/gatehouse"),
                "whether gatehouse-proxy has a PostgreSQL URL");
    }

    @Test
    void aStepWithAnUnknownCommandFails() {
        assertFails(
                ManifestRules::onlyRolesThatUseTheDatabaseGetItsUrl,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ArrayNode) Manifests.pod(issuer).at("/initContainers/0/args")).set(0, "upgrade"),
                "upgrade");
    }

    private void assertFails(Rule rule, String kind, String name, Consumer<JsonNode> mistake, String complaint) {
        Manifests manifests = Manifests.of(Overlay.PRODUCTION);
        mistake.accept(manifests.document(kind, name));
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> rule.check(new ManifestRules(manifests, root)))
                .withMessageContaining(complaint);
    }

    private static void openEgress(JsonNode policy) {
        ((ArrayNode) policy.at("/spec/egress")).removeAll().addObject();
    }

    private static ObjectNode container(JsonNode workload) {
        return (ObjectNode) Manifests.container(workload);
    }
}
