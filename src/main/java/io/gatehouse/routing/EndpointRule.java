package io.gatehouse.routing;

import io.gatehouse.entity.Route.Endpoint;
import io.gatehouse.syntax.IpRange;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Matches an address and a port with one entry of a route's {@code sources} or {@code destinations}.
 *
 * @param range null for any address
 * @param port null for any port
 */
record EndpointRule(@Nullable IpRange range, @Nullable Integer port) {
    private static final int ADDRESS = 4;
    private static final int RANGE = 2;

    static List<EndpointRule> allOf(List<Endpoint> entries) {
        return entries.stream().map(EndpointRule::of).toList();
    }

    private static EndpointRule of(Endpoint entry) {
        IpRange range = entry.ip() == null ? null : IpRange.parse(entry.ip());
        if (entry.ip() != null && range == null) {
            throw new IllegalArgumentException("invalid ip or cidr range: '" + entry.ip() + "'");
        }
        return new EndpointRule(range, entry.port());
    }

    /** Whether one of the rules matches. Without rules, every address and port matches. */
    static boolean anyMatches(List<EndpointRule> rules, @Nullable InetAddress address, int usedPort) {
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).matches(address, usedPort)) {
                return true;
            }
        }
        return rules.isEmpty();
    }

    private boolean matches(@Nullable InetAddress address, int usedPort) {
        return (port == null || port == usedPort) && (range == null || (address != null && range.contains(address)));
    }

    /** Returns the precedence of the most specific rule: a single address before a range before a port, each first with a port. */
    static int specificity(List<EndpointRule> rules) {
        return rules.stream().mapToInt(EndpointRule::specificity).max().orElse(0);
    }

    private int specificity() {
        int address = range == null ? 0 : range.hasSeveral() ? RANGE : ADDRESS;
        return address + (port == null ? 0 : 1);
    }
}
