package io.gatehouse.balancer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.FetchUpstreamHealth;
import io.gatehouse.bus.SetTargetHealth;
import io.gatehouse.bus.UpstreamHealth;
import io.gatehouse.config.ClusterTimings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** Asks the balancers about health: those of this process if it has the proxy role, otherwise those of any proxy in the cluster. */
public final class HealthClient {
    private final Vertx vertx;
    private final Broadcast broadcast;
    private final Duration timeout;
    private final DeliveryOptions options;

    /** {@code timeout} is how long each node may take to acknowledge an operator's change. */
    public HealthClient(Vertx vertx, Broadcast broadcast, Duration timeout, boolean proxyIsLocal) {
        this.vertx = vertx;
        this.broadcast = broadcast;
        this.timeout = timeout;
        this.options = new DeliveryOptions()
                .setSendTimeout(ClusterTimings.HEALTH_TIMEOUT.toMillis())
                .setLocalOnly(proxyIsLocal);
    }

    /** Returns the targets of an Upstream as one proxy sees them. Fails if no proxy replies. */
    public Future<UpstreamHealth> ask(UUID upstreamId) {
        return vertx.eventBus()
                .<UpstreamHealth>request(Addresses.UPSTREAM_HEALTH, new FetchUpstreamHealth(upstreamId), options)
                .map(Message::body);
    }

    /** Sets the health of a target on all nodes. Completes with the nodes that did not acknowledge it in time. */
    public Future<List<String>> set(UUID upstreamId, String target, boolean healthy) {
        return broadcast.publish(Addresses::setTargetHealth, new SetTargetHealth(upstreamId, target, healthy), timeout);
    }
}
