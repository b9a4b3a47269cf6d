package io.gatehouse.bus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one node sees the targets of an Upstream; docs/reference/proxy.md#upstreams-and-targets.
 *
 * @param nodeId whose view it is; null as long as nobody has asked
 * @param state of the Upstream as a whole: healthy when enough of its weight is
 */
public record UpstreamHealth(@Nullable String nodeId, State state, List<TargetHealth> targets) {

    /** In Kong's words. */
    public enum State {
        HEALTHY,
        UNHEALTHY,
        /** Nothing is checked. */
        HEALTHCHECKS_OFF,
        /** The name has no address. */
        DNS_ERROR
    }

    /**
     * One target.
     *
     * @param target {@code host:port}
     */
    public record TargetHealth(String target, State state, List<AddressHealth> addresses) {}

    /** One address of a target. */
    public record AddressHealth(String ip, int port, int weight, State health) {}

    public UpstreamHealth(State state, List<TargetHealth> targets) {
        this(null, state, targets);
    }

    public UpstreamHealth seenBy(String node) {
        return new UpstreamHealth(node, state, targets);
    }
}
