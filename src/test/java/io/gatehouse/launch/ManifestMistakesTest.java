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

/** That {@link ManifestsTest} would notice: the rules, against manifests with one mistake each. */
class ManifestMistakesTest {
    @TempDir
    private Path root;

    /** A rule, which may fail with anything. */
    @FunctionalInterface
    private interface Rule {
        void check(ManifestRules rules) throws Exception;
    }

    @Test
    void aFieldThatKubernetesDoesNotKnow() {
        refused(
                ManifestRules::everyDocumentIsWhatKubernetesExpects,
                "Deployment",
                "gatehouse-proxy",
                proxy -> container(proxy).put("imagePullPolice", "Always"),
                "imagePullPolice");
        refused(
                ManifestRules::everyDocumentIsWhatKubernetesExpects,
                "HorizontalPodAutoscaler",
                "gatehouse-proxy",
                scaler -> ((ObjectNode) scaler.path("spec")).put("minReplica", 1),
                "minReplica");
    }

    @Test
    void aFieldOfTheWrongTypeOrMissing() {
        refused(
                ManifestRules::everyDocumentIsWhatKubernetesExpects,
                "PodDisruptionBudget",
                "gatehouse-proxy",
                budget -> ((ObjectNode) budget.path("spec")).put("selector", "proxies"),
                "PodDisruptionBudget gatehouse-proxy");
        refused(
                ManifestRules::everyDocumentIsWhatKubernetesExpects,
                "Deployment",
                "gatehouse-proxy",
                proxy -> ((ObjectNode) proxy.path("spec")).remove("selector"),
                "selector");
    }

    @Test
    void aVariableThatNoSettingKnows() {
        refused(
                ManifestRules::nodesStartWithWhatTheirPodsAreGiven,
                "Deployment",
                "gatehouse-proxy",
                proxy -> ((ArrayNode) container(proxy).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_PROXY_HTPP")
                        .put("value", "0.0.0.0:8000"),
                "GATEHOUSE_PROXY_HTPP");
    }

    @Test
    void aMountWithoutItsVolume() {
        refused(
                ManifestRules::nodesStartWithWhatTheirPodsAreGiven,
                "Deployment",
                "gatehouse-admin",
                admin -> ((ArrayNode) Manifests.pod(admin).path("volumes")).removeAll(),
                "no volume");
    }

    @Test
    void aPeriodOfGraceShorterThanTheDrain() {
        refused(
                ManifestRules::nodesStartWithWhatTheirPodsAreGiven,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ObjectNode) Manifests.pod(issuer)).put("terminationGracePeriodSeconds", 30),
                "30S");
    }

    @Test
    void aNodeThatIsStoppedBeforeServicesHaveHeard() {
        refused(
                ManifestRules::nodesStartWithWhatTheirPodsAreGiven,
                "Deployment",
                "gatehouse-proxy",
                proxy -> container(proxy).remove("lifecycle"),
                "preStop of gatehouse-proxy");
    }

    @Test
    void aSecretInTheEnvironment() {
        refused(
                ManifestRules::secretsComeFromFiles,
                "Deployment",
                "gatehouse-admin",
                admin -> ((ArrayNode) container(admin).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_ADMIN_TOKEN")
                        .put("value", "letmein"),
                "a secret of gatehouse-admin");
    }

    @Test
    void aProbeOfAPathThatIsNotServed() {
        Set<String> served = Set.of("/live", "/ready");
        refused(
                rules -> rules.probesAskWhatTheStatusListenerServes(served::contains),
                "Deployment",
                "gatehouse-admin",
                admin -> ((ObjectNode) container(admin).at("/startupProbe/httpGet")).put("path", "/healthz"),
                "/healthz");
    }

    @Test
    void aPortThatNobodyListensOn() {
        refused(
                ManifestRules::podsDeclareThePortsTheirNodesListenOn,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ArrayNode) container(issuer).path("ports"))
                        .addObject()
                        .put("name", "admin")
                        .put("containerPort", 8001),
                "8001");
        refused(
                ManifestRules::everyServiceLeadsToPortsOfPods,
                "Service",
                "gatehouse-proxy",
                service -> ((ObjectNode) service.at("/spec/ports/0")).put("targetPort", "web"),
                "gatehouse-proxy");
    }

    @Test
    void aServiceThatSelectsNothing() {
        refused(
                ManifestRules::everyServiceLeadsToPortsOfPods,
                "Service",
                "gatehouse-admin",
                service -> ((ObjectNode) service.at("/spec/selector")).put("app.kubernetes.io/component", "control"),
                "pods behind the Service gatehouse-admin");
    }

    @Test
    void aPolicyThatLetsAProxyReachPostgres() {
        Manifests dev = Manifests.of(Overlay.DEV);
        openEgress(dev.document("NetworkPolicy", "gatehouse-proxy"));
        JsonNode proxy = dev.document("Deployment", "gatehouse-proxy");
        JsonNode postgres = dev.document("StatefulSet", "gatehouse-postgres");

        // The database still closes its own door.
        assertThat(new NetworkReach(dev).between(proxy, postgres, 5432)).isFalse();
        ((ObjectNode) dev.document("NetworkPolicy", "gatehouse-postgres").at("/spec/ingress/0/from/0/podSelector"))
                .remove("matchExpressions");
        assertThat(new NetworkReach(dev).between(proxy, postgres, 5432)).isTrue();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> new ManifestRules(dev, root).theNetworkIsClosedToWhoHasNoBusiness())
                .withMessageContaining("gatehouse-proxy reaches");
    }

    @Test
    void anythingThatOpensTheNetwork() {
        refused(
                ManifestRules::theNetworkIsClosedToWhoHasNoBusiness,
                "NetworkPolicy",
                "gatehouse-proxy",
                ManifestMistakesTest::openEgress,
                "gatehouse-proxy reaches a PostgreSQL outside");
        refused(
                ManifestRules::theNetworkIsClosedToWhoHasNoBusiness,
                "NetworkPolicy",
                "gatehouse-cluster",
                policy -> ((ObjectNode) policy.at("/spec/ingress/0")).remove("ports"),
                "Admin API");
        refused(
                ManifestRules::theNetworkIsClosedToWhoHasNoBusiness,
                "NetworkPolicy",
                "gatehouse-admin",
                policy -> ((ObjectNode) policy.at("/spec/ingress/0")).remove("from"),
                "Admin API");
    }

    @Test
    void aProxyThatIsToldOfTheDatabase() {
        refused(
                ManifestRules::onlyWhoNeedsTheDatabaseIsGivenIt,
                "Deployment",
                "gatehouse-proxy",
                proxy -> ((ArrayNode) container(proxy).path("env"))
                        .addObject()
                        .put("name", "GATEHOUSE_POSTGRES_URL")
                        .put("value", "postgresql://db/gatehouse"),
                "whether gatehouse-proxy hears of PostgreSQL");
    }

    @Test
    void aStepThatIsNoCommand() {
        refused(
                ManifestRules::onlyWhoNeedsTheDatabaseIsGivenIt,
                "Deployment",
                "gatehouse-issuer",
                issuer -> ((ArrayNode) Manifests.pod(issuer).at("/initContainers/0/args")).set(0, "upgrade"),
                "upgrade");
    }

    private void refused(Rule rule, String kind, String name, Consumer<JsonNode> mistake, String complaint) {
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
