package io.gatehouse.balancer;

import io.gatehouse.entity.Target;
import io.vertx.core.net.SocketAddress;

/**
 * Identifies one address of one target, to which requests are sent.
 *
 * @param target the target whose name resolved to the address
 * @param address IP address and port
 * @param health shared with the same address in other versions of the configuration, as is {@code load}
 */
public record Peer(Target target, SocketAddress address, Health health, Load load) {
    int weight() {
        return target.weight();
    }

    boolean isHealthy() {
        return health.isHealthy();
    }

    /** Returns whether this is that address of that target; health and load do not matter. */
    boolean isAt(Target other, SocketAddress otherAddress) {
        return target.target().equals(other.target()) && address.equals(otherAddress);
    }

    @Override
    public String toString() {
        return target.target() + "@" + address.hostAddress();
    }
}
