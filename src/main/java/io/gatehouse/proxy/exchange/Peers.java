package io.gatehouse.proxy.exchange;

import io.gatehouse.config.PublicAddresses;
import io.netty.handler.ipfilter.IpFilterRuleType;
import io.netty.handler.ipfilter.IpSubnetFilterRule;
import io.netty.util.NetUtil;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whose {@code X-Forwarded-*} headers are trusted ({@code proxy.trusted-ips}), and which addresses clients have and see
 * behind those peers.
 */
public final class Peers {
    private static final int HTTP_PORT = 80;
    private static final int HTTPS_PORT = 443;
    /** Balancers in a row. A client can make the list longer. */
    private static final int MAX_HOPS = 32;

    private final List<IpSubnetFilterRule> rules;
    private final PublicAddresses addresses;

    public Peers(List<String> cidrBlocks, PublicAddresses addresses) {
        this.rules = cidrBlocks.stream().map(Peers::rule).toList();
        this.addresses = addresses;
    }

    private static IpSubnetFilterRule rule(String cidr) {
        int slash = cidr.indexOf('/');
        String address = slash < 0 ? cidr : cidr.substring(0, slash);
        int length = slash < 0 ? (address.contains(":") ? 128 : 32) : Integer.parseInt(cidr.substring(slash + 1));
        return new IpSubnetFilterRule(address, length, IpFilterRuleType.ACCEPT);
    }

    boolean isTrusted(@Nullable SocketAddress peer) {
        return !rules.isEmpty() && peer != null && peer.hostAddress() != null && isTrusted(peer.hostAddress());
    }

    private boolean isTrusted(String address) {
        try {
            // A literal address, so no name is resolved.
            InetSocketAddress peer = new InetSocketAddress(InetAddress.getByName(address), 0);
            return rules.stream().anyMatch(rule -> rule.matches(peer));
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Returns the address that a trusted peer names as the client's; its own if it names none. */
    String clientAddress(HttpServerRequest request) {
        String client = request.remoteAddress().hostAddress();
        List<String> named = request.headers().getAll(addresses.realIpHeader());
        if (named.isEmpty()) {
            return client;
        }
        // Each peer appends the address that it sees, so the last one is the most reliable.
        String[] hops = String.join(",", named).split(",", -1);
        for (int i = hops.length - 1; i >= Math.max(0, hops.length - MAX_HOPS); i--) {
            String address = address(hops[i].strip());
            if (address == null) {
                return client;
            }
            client = address;
            if (!addresses.realIpRecursive() || !isTrusted(address)) {
                return client;
            }
        }
        return client;
    }

    /** Returns the address without brackets and port; null if the text is none. */
    private static @Nullable String address(String text) {
        String address = text;
        int end = text.indexOf(']');
        if (text.startsWith("[") && end > 0) {
            address = text.substring(1, end);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            address = text.substring(0, text.indexOf(':'));
        }
        return NetUtil.isValidIpV4Address(address) || NetUtil.isValidIpV6Address(address) ? address : null;
    }

    /** Returns the port that a client means if its request names none. */
    int defaultPort(HttpServerRequest request) {
        Integer mapped = addresses.ports().isEmpty()
                ? null
                : addresses.ports().get(request.localAddress().port());
        return mapped != null ? mapped : request.isSSL() ? HTTPS_PORT : HTTP_PORT;
    }

    /** Returns whether the client of a trusted peer uses TLS. A peer that names several schemes names none. */
    static boolean isClientTls(HttpServerRequest request) {
        if (!request.headers().contains("x-forwarded-proto")) {
            return request.isSSL();
        }
        List<String> schemes = request.headers().getAll("x-forwarded-proto");
        return schemes.size() == 1 && schemes.get(0).equalsIgnoreCase("https");
    }

    /** Returns the port that the client has connected to. */
    int publicPort(HttpServerRequest request) {
        int port = request.localAddress().port();
        return addresses.ports().isEmpty() ? port : addresses.ports().getOrDefault(port, port);
    }
}
