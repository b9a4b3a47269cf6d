package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.PostgresConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.launch.Manifests.Overlay;
import io.gatehouse.launch.status.Readiness;
import io.gatehouse.launch.status.StatusVerticle;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.testing.Http;
import io.gatehouse.testing.Pem;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Checks the documents of {@code kubectl apply -k} against Kubernetes' model and the code. */
@ExtendWith(VertxExtension.class)
class ManifestsTest {
    @TempDir
    private Path root;

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void everyDocumentMatchesTheModelOfKubernetes(Overlay overlay) throws Exception {
        rules(overlay).everyDocumentMatchesTheModelOfKubernetes();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void nodesStartWithTheConfigurationOfTheirPods(Overlay overlay) {
        rules(overlay).nodesStartWithTheConfigurationOfTheirPods();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void onlyRolesThatUseTheDatabaseGetItsUrl(Overlay overlay) {
        rules(overlay).onlyRolesThatUseTheDatabaseGetItsUrl();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void podsDeclareThePortsTheirNodesListenOn(Overlay overlay) {
        rules(overlay).network().podsDeclareThePortsTheirNodesListenOn();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void probesUsePathsOfTheStatusListener(Overlay overlay, Vertx vertx) throws Exception {
        StatusVerticle status = new StatusVerticle(
                new ListenAddress("127.0.0.1", 0),
                new Readiness(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        vertx.deployVerticle(status).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);

        rules(overlay)
                .network()
                .probesUsePathsOfTheStatusListener(
                        path -> Http.send(Http.get("http://" + status.actualAddress() + path))
                                        .status()
                                == 200);
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void everyServiceSelectsPodsAndTheirPorts(Overlay overlay) {
        rules(overlay).network().everyServiceSelectsPodsAndTheirPorts();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void networkPoliciesAllowOnlyNeededConnections(Overlay overlay) {
        rules(overlay).network().networkPoliciesAllowOnlyNeededConnections();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void podsRunRestricted(Overlay overlay) {
        rules(overlay).podsRunRestricted();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void secretsAreMountedAsFiles(Overlay overlay) {
        rules(overlay).secretsAreMountedAsFiles();
    }

    @ParameterizedTest
    @EnumSource(Overlay.class)
    void nodesLeaveOneAtATime(Overlay overlay) {
        rules(overlay).nodesLeaveOneAtATime();
    }

    @Test
    void theDevelopmentOverlayContainsADatabase() {
        Manifests dev = Manifests.of(Overlay.DEV);
        JsonNode issuer = dev.document("Deployment", "gatehouse-issuer");
        URI url = URI.create(Objects.requireNonNull(
                new PodConfiguration(dev, root).of(issuer).postgres().url()));

        JsonNode service = dev.document("Service", url.getHost());

        assertThat(service.at("/spec/ports/0/port").asInt()).isEqualTo(url.getPort());
        assertThat(Manifests.selects(service.at("/spec/selector"), dev.document("StatefulSet", "gatehouse-postgres")))
                .isTrue();
    }

    @Test
    void theProductionOverlayRunsSeveralNodesOfEachRole() {
        Manifests production = Manifests.of(Overlay.PRODUCTION);

        assertThat(production.ofKind("Secret")).isEmpty();
        assertThat(production.ofKind("StatefulSet")).isEmpty();
        assertThat(production.nodes())
                .filteredOn(node -> !Manifests.name(node).equals("gatehouse-proxy"))
                .hasSize(2)
                .allMatch(node -> node.at("/spec/replicas").asInt() >= 2);
        assertThat(production
                        .document("HorizontalPodAutoscaler", "gatehouse-proxy")
                        .at("/spec/minReplicas")
                        .asInt())
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void productionVerifiesTheDatabasesNameAndCertificate() {
        Manifests production = Manifests.of(Overlay.PRODUCTION);
        for (String node : List.of("gatehouse-admin", "gatehouse-issuer")) {
            PostgresConfig postgres = new PodConfiguration(production, root)
                    .of(production.document("Deployment", node))
                    .postgres();

            assertThat(postgres.tls().mode()).isEqualTo(PostgresTls.Mode.VERIFY_FULL);
            assertThat(postgres.tls().authorities()).isEqualTo(PemCertificate.chain(Pem.read("authority.pem")));
        }
    }

    /** Names that Kustomize changes are also those that nodes and selectors use. */
    @Test
    void aRenamedInstallationIsIndependentOfAnotherInTheSameNamespace() throws Exception {
        Manifests base = Manifests.of(Overlay.BASE);
        Path directory = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "renamed");
        Files.writeString(directory.resolve("kustomization.yaml"), """
                apiVersion: kustomize.config.k8s.io/v1beta1
                kind: Kustomization
                namePrefix: blue-
                nameSuffix: "-2"
                labels:
                  - pairs: {app.kubernetes.io/instance: blue}
                    includeSelectors: true
                    includeTemplates: true
                resources:
                  - ../../k8s/base
                """);
        Manifests renamed = Manifests.kustomize(directory);
        ManifestRules rules = new ManifestRules(renamed, root);

        rules.nodesStartWithTheConfigurationOfTheirPods();
        rules.network().everyServiceSelectsPodsAndTheirPorts();
        rules.network().networkPoliciesAllowOnlyNeededConnections();
        rules.nodesLeaveOneAtATime();
        for (JsonNode service : renamed.ofKind("Service")) {
            assertThat(Manifests.name(service)).startsWith("blue-").endsWith("-2");
            assertThat(base.nodes()).noneMatch(node -> Manifests.selects(service.at("/spec/selector"), node));
        }
        Files.delete(directory.resolve("kustomization.yaml"));
        Files.delete(directory);
    }

    /** The table of docs/how-to/kubernetes.md has the times of the manifests. */
    @Test
    void theTableOfTheDrainHasTheTimesOfTheManifests() throws Exception {
        Manifests base = Manifests.of(Overlay.BASE);
        JsonNode proxy = base.document("Deployment", "gatehouse-proxy");
        GatehouseConfig config = new PodConfiguration(base, root).of(proxy);

        assertThat(Files.readString(Path.of("docs/how-to/kubernetes.md")))
                .contains("| `drain.preStopSeconds` | "
                        + Manifests.text(Manifests.container(proxy), "/lifecycle/preStop/exec/command/1") + " s |")
                .contains("| `drain.delaySeconds` | " + config.drainDelay().toSeconds() + " s |")
                .contains("| `drain.timeoutSeconds` | " + config.drainTimeout().toSeconds() + " s |")
                .contains("| `terminationGracePeriodSeconds` | "
                        + Manifests.pod(proxy)
                                .path("terminationGracePeriodSeconds")
                                .asInt() + " s |");
    }

    @Test
    void everySecretOfTheProductionOverlayIsDocumented() throws Exception {
        String documentation = Files.readString(Path.of("docs/how-to/kubernetes.md"));

        PodConfiguration.BROUGHT.forEach((name, keys) -> assertThat(documentation)
                .contains("`" + name + "`")
                .contains(keys.keySet().stream().map(key -> "`" + key + "`").toList()));
    }

    private ManifestRules rules(Overlay overlay) {
        return new ManifestRules(Manifests.of(overlay), root);
    }
}
