package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.Role;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Checks the ports, probes, Services and NetworkPolicies of the rendered documents of an overlay. Each rule fails with
 * an {@link AssertionError}.
 */
final class NetworkRules {
    private static final int POSTGRES = 5432;

    private final Manifests manifests;
    private final PodConfiguration configuration;

    NetworkRules(Manifests manifests, PodConfiguration configuration) {
        this.manifests = manifests;
        this.configuration = configuration;
    }

    /** A pod declares exactly the ports that its node listens on. */
    void podsDeclareThePortsTheirNodesListenOn() {
        for (JsonNode node : manifests.nodes()) {
            Set<Integer> declared = new TreeSet<>();
            Manifests.container(node)
                    .path("ports")
                    .forEach(port -> declared.add(port.path("containerPort").asInt()));
            assertThat(declared).as(Manifests.name(node)).isEqualTo(PodConfiguration.listening(configuration.of(node)));
        }
    }

    /** {@code served} returns whether the status listener responds with 200 to a path if the node is ready. */
    void probesUsePathsOfTheStatusListener(Predicate<String> served) {
        for (JsonNode node : manifests.nodes()) {
            JsonNode container = Manifests.container(node);
            int status = Objects.requireNonNull(configuration.of(node).status().http())
                    .port();
            for (String name : List.of("startupProbe", "readinessProbe", "livenessProbe")) {
                JsonNode request = container.path(name).path("httpGet");
                assertThat(request.path("path").asText())
                        .as("path of the %s of %s", name, Manifests.name(node))
                        .matches(served, "is served");
                assertThat(Manifests.port(node, request.path("port").asText()))
                        .as("port of the %s of %s", name, Manifests.name(node))
                        .hasValue(status);
            }
            assertThat(Manifests.text(container, "/readinessProbe/httpGet/path"))
                    .isEqualTo("/ready");
            // A node that waits for the cluster or the catalog is alive; a restart would not help.
            assertThat(Manifests.text(container, "/startupProbe/httpGet/path")).isEqualTo("/live");
            assertThat(Manifests.text(container, "/livenessProbe/httpGet/path")).isEqualTo("/live");
            JsonNode startup = container.path("startupProbe");
            assertThat(startup.path("periodSeconds").asInt()
                            * startup.path("failureThreshold").asInt())
                    .isGreaterThanOrEqualTo(60);
        }
    }

    void everyServiceSelectsPodsAndTheirPorts() {
        for (JsonNode service : manifests.ofKind("Service")) {
            List<JsonNode> selected = manifests.workloads().stream()
                    .filter(workload -> Manifests.selects(service.at("/spec/selector"), workload))
                    .toList();
            assertThat(selected)
                    .as("pods behind the Service %s", Manifests.name(service))
                    .isNotEmpty();
            for (JsonNode port : service.at("/spec/ports")) {
                assertThat(selected)
                        .allSatisfy(workload -> assertThat(Manifests.port(
                                        workload, port.path("targetPort").asText()))
                                .as("port of %s for the Service %s", Manifests.name(workload), Manifests.name(service))
                                .isPresent());
            }
        }
    }

    /** Only roles with a database reach PostgreSQL. Members reach the cluster ports of each other and no other ports. */
    void networkPoliciesAllowOnlyNeededConnections() {
        NetworkReach reach = new NetworkReach(manifests);
        for (JsonNode node : manifests.nodes()) {
            GatehouseConfig config = configuration.of(node);
            assertThat(reach.outside(node, POSTGRES))
                    .as("%s reaches a PostgreSQL outside", Manifests.name(node))
                    .isEqualTo(config.usesDatabase());
            assertThat(reach.outside(node, 443))
                    .as("%s reaches upstreams", Manifests.name(node))
                    .isEqualTo(config.roles().contains(Role.PROXY));
            // udp-log, statsd and datadog.
            assertThat(reach.datagramOutside(node, 8125))
                    .as("%s sends datagrams", Manifests.name(node))
                    .isEqualTo(config.roles().contains(Role.PROXY));
            for (String metadata : List.of(
                    "169.254.169.254",
                    "169.254.170.23",
                    "100.100.100.200",
                    "168.63.129.16",
                    "fd00:ec2::254",
                    "fd00:ec2::23",
                    "fd20:ce::254")) {
                assertThat(reach.address(node, metadata, 80))
                        .as("%s reaches %s", Manifests.name(node), metadata)
                        .isFalse();
            }
            // The collector of spans. A proxy reaches it as it reaches upstreams.
            assertThat(reach.toNamespace(node, "gatehouse.io/monitoring", 4318)).isTrue();
            assertThat(reach.toNamespace(node, "gatehouse.io/monitoring", 4317)).isTrue();
            for (JsonNode database : manifests.ofKind("StatefulSet")) {
                assertThat(reach.between(node, database, POSTGRES))
                        .as("%s reaches PostgreSQL", Manifests.name(node))
                        .isEqualTo(config.usesDatabase());
                assertThat(reach.between(database, node, config.cluster().bind().port()))
                        .isFalse();
            }
            for (JsonNode other : manifests.nodes()) {
                assertThat(reach.between(node, other, config.cluster().bind().port()))
                        .as("%s and %s are members", Manifests.name(node), Manifests.name(other))
                        .isTrue();
                assertThat(reach.between(node, other, 40_000)).as("event bus").isTrue();
                assertThat(reach.between(node, other, 8001)).as("Admin API").isFalse();
            }
            JsonNode stranger = node.path("no labels at all");
            for (int port : PodConfiguration.listening(config)) {
                boolean open = config.roles().contains(Role.PROXY)
                        && (port == 8000
                                || port == 8443
                                || PodConfiguration.streams(config).contains(port));
                assertThat(reach.fromNamespace(stranger, node, port))
                        .as("port %s of %s is open to pods of other namespaces", port, Manifests.name(node))
                        .isEqualTo(open);
            }
        }
    }
}
