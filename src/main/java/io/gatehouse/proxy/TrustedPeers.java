package io.gatehouse.proxy;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whose {@code X-Forwarded-*} headers are trusted ({@code proxy.trusted-ips}). */
final class TrustedPeers {
    private final List<IpSubnetFilterRule> rules;

    TrustedPeers(List<String> cidrBlocks) {
        this.rules = cidrBlocks.stream().map(TrustedPeers::rule).toList();
    }

    private static IpSubnetFilterRule rule(String cidr) {
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        int length = slash < 0 ? (address.contains(":") ? 128 : 32) : Integer.parseInt(cidr.substring(slash + 1));
        return new IpSubnetFilterRule(address, length, IpFilterRuleType.ACCEPT);
    }

    boolean contains(@Nullable SocketAddress peer) {
        if (rules.isEmpty() || peer == null || peer.hostAddress() == null) {
            return false;
        }
        try {
            // A literal address, so no name is resolved.
            InetSocketAddress address = new InetSocketAddress(InetAddress.getByName(peer.hostAddress()), peer.port());
            return rules.stream().anyMatch(rule -> rule.matches(address));
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
