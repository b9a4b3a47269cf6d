package io.gatehouse.launch;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates the NetworkPolicies of an overlay. By the Kubernetes documentation, a pod is open in a direction if no policy
 * selects it. Otherwise it is open to what any of these policies allows. Both ends have to allow a connection.
 */
record NetworkReach(Manifests manifests) {

    /** Returns whether a pod of {@code from} can open a TCP connection to that port of a pod of {@code to}. */
    boolean between(JsonNode from, JsonNode to, int port) {
        return allows("Egress", from, to, to, port) && allows("Ingress", to, from, to, port);
    }

    /** Returns whether a pod of {@code from} can open a TCP connection to that port of a machine outside. */
    boolean outside(JsonNode from, int port) {
        return allows("Egress", from, null, null, port);
    }

    /** Returns whether a pod of {@code from} can send a UDP datagram to that port of a machine outside. */
    boolean datagramOutside(JsonNode from, int port) {
        return policies("Egress", from).stream()
                .flatMap(policy -> Manifests.items(policy.at("/spec/egress")))
                .anyMatch(rule -> opensPort("UDP", rule, null, port) && isPeer(rule.path("to"), null));
    }

    /** Returns whether a pod of {@code from} can open a TCP connection to that port of an address outside. */
    boolean address(JsonNode from, String address, int port) {
        InetSocketAddress target = new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), port);
        return policies("Egress", from).stream()
                .flatMap(policy -> Manifests.items(policy.at("/spec/egress")))
                .filter(rule -> opensPort(rule, null, port))
                .anyMatch(rule -> rule.path("to").isEmpty()
                        || Manifests.items(rule.path("to"))
                                .map(peer -> peer.path("ipBlock"))
                                .anyMatch(block -> contains(block.path("cidr"), target)
                                        && Manifests.items(block.path("except"))
                                                .noneMatch(except -> contains(except, target))));
    }

    private static boolean contains(JsonNode block, InetSocketAddress address) {
        if (block.isMissingNode()) {
            return false;
        }
        String[] parts = block.asText().split("/", 2);
        return new IpSubnetFilterRule(parts[0], Integer.parseInt(parts[1]), IpFilterRuleType.ACCEPT).matches(address);
    }

    /** Returns whether a pod of {@code from} can open a TCP connection to any pod of the namespaces with that label. */
    boolean toNamespace(JsonNode from, String label, int port) {
        return policies("Egress", from).stream()
                .flatMap(policy -> Manifests.items(policy.at("/spec/egress")))
                .filter(rule -> opensPort(rule, null, port))
                .flatMap(rule -> Manifests.items(rule.path("to")))
                .filter(peer -> !peer.has("podSelector"))
                .map(peer -> peer.path("namespaceSelector"))
                .anyMatch(selector -> selector.isObject()
                        && (selector.isEmpty()
                                || selector.path("matchLabels")
                                        .path(label)
                                        .asText()
                                        .equals("true")));
    }

    /** Returns whether a pod of another namespace with these labels can open a TCP connection to that port. */
    boolean fromNamespace(JsonNode namespaceLabels, JsonNode to, int port) {
        return policies("Ingress", to).stream()
                .flatMap(policy -> Manifests.items(policy.at("/spec/ingress")))
                .filter(rule -> opensPort(rule, to, port))
                .anyMatch(rule -> !rule.has("from")
                        || Manifests.items(rule.path("from"))
                                .anyMatch(peer -> peer.has("namespaceSelector")
                                        && !peer.has("podSelector")
                                        && Manifests.selectsLabels(peer.path("namespaceSelector"), namespaceLabels)));
    }

    /** Returns whether an address outside the cluster can open a TCP connection to that port. */
    boolean fromAddress(String address, JsonNode to, int port) {
        InetSocketAddress client = new InetSocketAddress(NetUtil.createInetAddressFromIpAddressString(address), 0);
        return policies("Ingress", to).stream()
                .flatMap(policy -> Manifests.items(policy.at("/spec/ingress")))
                .filter(rule -> opensPort(rule, to, port))
                .anyMatch(rule -> !rule.has("from")
                        || Manifests.items(rule.path("from"))
                                .map(peer -> peer.path("ipBlock"))
                                .anyMatch(block -> contains(block.path("cidr"), client)));
    }

    private boolean allows(
            String direction, JsonNode selected, @Nullable JsonNode peer, @Nullable JsonNode listener, int port) {
        List<JsonNode> policies = policies(direction, selected);
        boolean ingress = direction.equals("Ingress");
        return policies.isEmpty()
                || policies.stream()
                        .flatMap(policy -> Manifests.items(policy.at(ingress ? "/spec/ingress" : "/spec/egress")))
                        .anyMatch(rule ->
                                opensPort(rule, listener, port) && isPeer(rule.path(ingress ? "from" : "to"), peer));
    }

    private List<JsonNode> policies(String direction, JsonNode workload) {
        return manifests.ofKind("NetworkPolicy").stream()
                .filter(policy -> Manifests.selects(policy.at("/spec/podSelector"), workload))
                .filter(policy -> Manifests.items(policy.at("/spec/policyTypes"))
                        .anyMatch(type -> type.asText().equals(direction)))
                .toList();
    }

    private static boolean opensPort(JsonNode rule, @Nullable JsonNode listener, int port) {
        return opensPort("TCP", rule, listener, port);
    }

    private static boolean opensPort(String protocol, JsonNode rule, @Nullable JsonNode listener, int port) {
        return rule.path("ports").isEmpty()
                || Manifests.items(rule.path("ports"))
                        .filter(opened -> opened.path("protocol").asText().equals(protocol))
                        .anyMatch(opened -> covers(opened, listener, port));
    }

    private static boolean covers(JsonNode opened, @Nullable JsonNode listener, int port) {
        JsonNode first = opened.path("port");
        if (first.isTextual()) {
            return listener != null && Manifests.port(listener, first.asText()).equals(Optional.of(port));
        }
        return first.asInt() <= port && port <= opened.path("endPort").asInt(first.asInt());
    }

    private static boolean isPeer(JsonNode peers, @Nullable JsonNode peer) {
        return peers.isEmpty()
                || Manifests.items(peers)
                        .anyMatch(allowed -> allowed.has("ipBlock")
                                || (peer != null
                                        && !allowed.has("namespaceSelector")
                                        && Manifests.selects(allowed.path("podSelector"), peer)));
    }
}
