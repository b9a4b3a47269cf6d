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

/** The way to the balancers: those of this process if it has some, else any proxy's in the cluster. */
public final class HealthClient {
    private final Vertx vertx;
    private final Broadcast broadcast;
    private final Duration timeout;
    private final DeliveryOptions options;

    /** {@code timeout}: how long every node may take to hear what an operator says. */
    public HealthClient(Vertx vertx, Broadcast broadcast, Duration timeout, boolean proxyIsLocal) {
        this.vertx = vertx;
        this.broadcast = broadcast;
        this.timeout = timeout;
        this.options = new DeliveryOptions()
                .setSendTimeout(ClusterTimings.HEALTH_TIMEOUT.toMillis())
                .setLocalOnly(proxyIsLocal);
    }

    /** How one proxy sees the targets of an Upstream; fails when none answers. */
    public Future<UpstreamHealth> ask(UUID upstreamId) {
        return vertx.eventBus()
                .<UpstreamHealth>request(Addresses.UPSTREAM_HEALTH, new FetchUpstreamHealth(upstreamId), options)
                .map(Message::body);
    }

    /** Says how healthy a target is; answers the nodes that did not hear it in time. */
    public Future<List<String>> set(UUID upstreamId, String target, boolean healthy) {
        return broadcast.publish(Addresses::setTargetHealth, new SetTargetHealth(upstreamId, target, healthy), timeout);
    }
}
