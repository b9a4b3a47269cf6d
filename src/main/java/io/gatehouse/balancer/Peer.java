package io.gatehouse.balancer;

import io.gatehouse.entity.Target;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Identifies one address of one target, to which requests are sent.
 *
 * @param target the target that has the address
 * @param address IP address and port
 * @param name the host name of the target, which resolved to the address; null if the target is an address
 * @param health shared with the same address in other versions of the configuration, as is {@code load}
 */
public record Peer(
        Target target, SocketAddress address, @Nullable String name, Health health, Load load) {
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
