package io.gatehouse.plugin.proxycache;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.FetchStoredResponse;
import io.gatehouse.bus.NodeDirectory;
import io.gatehouse.bus.PurgeResponses;
import io.gatehouse.bus.StoredResponseReport;
import io.gatehouse.config.ClusterTimings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads and purges the stored responses of all nodes. */
public final class CacheClient {
    private final Vertx vertx;
    private final NodeDirectory nodes;
    private final Broadcast broadcast;
    private final Duration timeout;
    private final DeliveryOptions options =
            new DeliveryOptions().setSendTimeout(ClusterTimings.HEALTH_TIMEOUT.toMillis());

    /** {@code timeout} is how long each node may take to acknowledge a purge. */
    public CacheClient(Vertx vertx, NodeDirectory nodes, Broadcast broadcast, Duration timeout) {
        this.vertx = vertx;
        this.nodes = nodes;
        this.broadcast = broadcast;
        this.timeout = timeout;
    }

    /** Returns the response of the first node that has one; a node that does not reply in time has none. */
    public Future<Optional<StoredResponseReport>> find(@Nullable UUID pluginId, String key) {
        List<Future<Optional<StoredResponseReport>>> replies = nodes.nodes().stream()
                .map(node -> vertx.eventBus()
                        .<StoredResponseReport>request(
                                Addresses.fetchStoredResponse(node), new FetchStoredResponse(pluginId, key), options)
                        .map(reply -> Optional.of(reply.body()))
                        .otherwise(Optional.empty()))
                .toList();
        return Future.all(replies)
                .map(all -> replies.stream()
                        .flatMap(reply -> reply.result().stream())
                        .findFirst());
    }

    /** Removes responses from all nodes. Completes with the nodes that did not acknowledge it in time. */
    public Future<List<String>> purge(@Nullable UUID pluginId, @Nullable String key) {
        return broadcast.publish(Addresses::purgeResponses, new PurgeResponses(pluginId, key), timeout);
    }
}
