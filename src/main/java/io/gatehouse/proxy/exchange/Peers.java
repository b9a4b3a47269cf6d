package io.gatehouse.proxy.exchange;

import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whose {@code X-Forwarded-*} headers are trusted ({@code proxy.trusted-ips}). */
public final class Peers {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;

    private final List<IpSubnetFilterRule> rules;

    public Peers(List<String> cidrBlocks) {
        this.rules = cidrBlocks.stream().map(Peers::rule).toList();
    }

    private static IpSubnetFilterRule rule(String cidr) {
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        int length = slash < 0 ? (address.contains(":") ? 128 : 32) : Integer.parseInt(cidr.substring(slash + 1));
        return new IpSubnetFilterRule(address, length, IpFilterRuleType.ACCEPT);
    }

    /** Returns the port that a client means if its request names none. */
    int defaultPort(HttpServerRequest request) {
        return request.isSSL() ? HTTPS_PORT : HTTP_PORT;
    }

    boolean isTrusted(@Nullable SocketAddress peer) {
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
