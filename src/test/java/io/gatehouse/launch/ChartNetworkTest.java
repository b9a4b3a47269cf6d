package io.gatehouse.launch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Checks which load balancers reach the status listener by the NetworkPolicies of the chart. */
class ChartNetworkTest {
    private static final int STATUS = 8100;

    @ParameterizedTest
    @ValueSource(strings = {"35.191.7.7", "130.211.3.255", "2600:2d00:1:b029::1"})
    void healthChecks_reachTheStatusOfProxiesAlone(String balancer) {
        Manifests production = Helm.render("production.yaml");
        NetworkReach reach = new NetworkReach(production);

        for (JsonNode node : production.nodes()) {
            boolean proxy = Manifests.name(node).equals("gatehouse-proxy");
            assertThat(reach.fromAddress(balancer, node, STATUS))
                    .as(Manifests.name(node))
                    .isEqualTo(proxy);
            assertThat(reach.fromAddress(balancer, node, 5701)).isFalse();
            assertThat(reach.fromAddress(balancer, node, 8001)).isFalse();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"35.190.7.7", "130.211.4.0", "2600:2d00:1:b02a::1"})
    void otherAddresses_doNotReachTheStatus(String address) {
        Manifests production = Helm.render("production.yaml");
        NetworkReach reach = new NetworkReach(production);

        assertThat(production.nodes()).noneMatch(node -> reach.fromAddress(address, node, STATUS));
        assertThat(reach.fromAddress(address, production.document("Deployment", "gatehouse-proxy"), 8000))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"small.yaml", "kustomize.yaml", "zones.yaml", "gateway-api.yaml"})
    void withoutHealthChecks_noAddressReachesTheStatus(String values) {
        Manifests chart = Helm.render(values);
        NetworkReach reach = new NetworkReach(chart);

        assertThat(chart.nodes()).isNotEmpty().noneMatch(node -> reach.fromAddress("35.191.7.7", node, STATUS));
    }
}
