package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.PostgresTls;
import io.gatehouse.launch.Manifests.Overlay;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checks what k8s/overlays/example adds to the production overlay. {@link ManifestsTest} checks it as every overlay. */
class ExampleOverlayTest {
    @TempDir
    private Path root;

    private Manifests example = new Manifests(List.of());

    @BeforeEach
    void render() {
        example = Manifests.of(Overlay.EXAMPLE);
    }

    private JsonNode node(String role) {
        return example.document("Deployment", "gatehouse-" + role);
    }

    private GatehouseConfig configuration(String role) {
        return new PodConfiguration(example, root).of(node(role));
    }

    @Test
    void everyObjectIsInTheTeamsNamespace_andThereIsNoSecretOrDatabase() {
        String namespace = Manifests.name(example.ofKind("Namespace").get(0));

        assertThat(namespace).isNotEqualTo("gatehouse");
        assertThat(example.documents())
                .filteredOn(document -> !Manifests.text(document, "/kind").equals("Namespace"))
                .isNotEmpty()
                .allMatch(document ->
                        Manifests.text(document, "/metadata/namespace").equals(namespace));
        assertThat(example.ofKind("Secret")).isEmpty();
        assertThat(example.ofKind("StatefulSet")).isEmpty();
        assertThat(example.nodes())
                .allMatch(node -> Manifests.containers(node)
                        .allMatch(container -> container.path("image").asText().startsWith("registry.example/")));
    }

    @Test
    void theNumbersOfNodesAreTheTeams() {
        assertThat(node("admin").at("/spec/replicas").asInt()).isEqualTo(2);
        assertThat(node("issuer").at("/spec/replicas").asInt()).isEqualTo(3);
        JsonNode scaler = example.document("HorizontalPodAutoscaler", "gatehouse-proxy");
        assertThat(scaler.at("/spec/minReplicas").asInt()).isEqualTo(4);
        assertThat(scaler.at("/spec/maxReplicas").asInt()).isEqualTo(12);
    }

    @Test
    void theProxyTheAdminApiAndTheDatabaseHaveTls() {
        GatehouseConfig admin = configuration("admin");
        GatehouseConfig proxy = configuration("proxy");

        assertThat(Objects.requireNonNull(admin.admin().tls()).certificate()).exists();
        assertThat(Objects.requireNonNull(proxy.proxy().certificate())).exists();
        for (GatehouseConfig config : List.of(admin, configuration("issuer"))) {
            assertThat(config.postgres().tls().mode()).isEqualTo(PostgresTls.Mode.VERIFY_FULL);
        }
    }

    @Test
    void theGracePeriodFollowsTheDrain() {
        GatehouseConfig config = configuration("proxy");

        assertThat(config.drainTimeout()).isEqualTo(Duration.ofSeconds(60));
        assertThat(Duration.ofSeconds(Manifests.pod(node("proxy"))
                        .path("terminationGracePeriodSeconds")
                        .asInt()))
                .isEqualTo(config.drainDelay().plus(config.drainTimeout()).plusSeconds(5 + 10 + 10));
    }

    @Test
    void theLoadBalancersNetworkIsTrusted_andReachesTheStatusOfProxiesAlone() {
        NetworkReach reach = new NetworkReach(example);

        assertThat(configuration("proxy").proxy().trustedIps()).hasSize(1);
        assertThat(configuration("proxy").proxy().addresses().realIpHeader()).isEqualToIgnoringCase("X-Forwarded-For");
        assertThat(reach.fromAddress("10.0.7.7", node("proxy"), 8100)).isTrue();
        assertThat(reach.fromAddress("10.1.0.1", node("proxy"), 8100)).isFalse();
        assertThat(reach.fromAddress("10.0.7.7", node("admin"), 8100)).isFalse();
        assertThat(reach.fromAddress("10.0.7.7", node("issuer"), 8100)).isFalse();
    }

    /** An operator creates what the comment of the overlay lists, and nothing else. */
    @Test
    void theCommentListsTheSecretsThatPodsUse() throws Exception {
        String comment = Files.readString(Path.of("k8s/overlays/example/kustomization.yaml"));
        TreeSet<String> used = new TreeSet<>();
        for (JsonNode node : example.nodes()) {
            node.findValues("secretName").forEach(name -> used.add(name.asText()));
        }

        assertThat(comment.lines()
                        .filter(line -> line.startsWith("#   "))
                        .map(line -> line.substring(4, line.indexOf(' ', 4))))
                .containsExactlyInAnyOrderElementsOf(used);
    }
}
