package io.gatehouse.changes;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchChanges;
import io.gatehouse.bus.Leave;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.Changes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Reads committed changes over the event bus, from a node that has a database. */
public final class RemoteChanges implements ChangeSource {
    private static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setSendTimeout(ClusterTimings.FEED_TIMEOUT.toMillis());

    private final Vertx vertx;
    private final String nodeId;
    private final String name;
    private final Duration maxStale;

    /**
     * Creates a source for one node.
     *
     * @param name the node's name for operators
     * @param maxStale how long the node may trust its cache without another reply
     */
    public RemoteChanges(Vertx vertx, String nodeId, String name, Duration maxStale) {
        this.vertx = vertx;
        this.nodeId = nodeId;
        this.name = name;
        this.maxStale = maxStale;
    }

    @Override
    public Future<Void> leave() {
        return vertx.eventBus()
                .request(Addresses.LEAVE, new Leave(nodeId), OPTIONS)
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    @Override
    public Future<Changes> since(@Nullable String until) {
        return vertx.eventBus()
                .<Changes>request(Addresses.FETCH_CHANGES, new FetchChanges(until, nodeId, name, maxStale), OPTIONS)
                .map(reply -> reply.body())
                .recover(failure -> Future.failedFuture(
                        failure instanceof ReplyException reply
                                        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                                        && reply.failureCode() == Addresses.UNAVAILABLE
                                ? new DatabaseUnreachable(String.valueOf(reply.getMessage()))
                                : failure));
    }
}
