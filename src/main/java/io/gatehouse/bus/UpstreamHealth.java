package io.gatehouse.bus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reports the health of an Upstream's targets as one node sees it; docs/reference/proxy.md#upstreams-and-targets.
 *
 * @param nodeId the node that reports it; null until the reply is sent
 * @param state of the whole Upstream: healthy if enough of its weight is
 */
public record UpstreamHealth(@Nullable String nodeId, State state, List<TargetHealth> targets) {

    /** Health in Kong's words. */
    public enum State {
        HEALTHY,
        UNHEALTHY,
        /** No health check is configured. */
        HEALTHCHECKS_OFF,
        /** The host name has no address. */
        DNS_ERROR
    }

    /**
     * Reports the health of one target.
     *
     * @param target {@code host:port}
     */
    public record TargetHealth(String target, State state, List<AddressHealth> addresses) {}

    /** Reports the health of one address of a target. */
    public record AddressHealth(String ip, int port, int weight, State health) {}

    public UpstreamHealth(State state, List<TargetHealth> targets) {
        this(null, state, targets);
    }

    public UpstreamHealth seenBy(String node) {
        return new UpstreamHealth(node, state, targets);
    }
}
