package io.gatehouse.changes;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchChanges;
import io.gatehouse.credential.Changes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What changed, as a node with a database tells it. */
public final class RemoteChanges implements ChangeSource {
    private static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setSendTimeout(Addresses.CHANGES_TIMEOUT_MILLIS);

    private final Vertx vertx;
    private final String nodeId;
    private final String name;
    private final Duration maxStale;

    /**
     * {@code name}: what operators call this node; {@code remembers}: for how long it may believe what it remembers without
     * asking again.
     */
    public RemoteChanges(Vertx vertx, String nodeId, String name, Duration maxStale) {
        this.vertx = vertx;
        this.nodeId = nodeId;
        this.name = name;
        this.maxStale = maxStale;
    }

    @Override
    public Future<Void> leave() {
        return ask(null, Duration.ZERO).<Void>mapEmpty().otherwiseEmpty();
    }

    @Override
    public Future<Changes> since(@Nullable String until) {
        return ask(until, maxStale);
    }

    private Future<Changes> ask(@Nullable String until, Duration remembered) {
        return vertx.eventBus()
                .<Changes>request(
                        Addresses.ASK_CHANGES, new FetchChanges(until, nodeId, name, remembered.toMillis()), OPTIONS)
                .map(reply -> reply.body())
                .recover(failure -> Future.failedFuture(
                        failure instanceof ReplyException reply
                                        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                                        && reply.failureCode() == Addresses.UNAVAILABLE
                                ? new TruthUnreachable(String.valueOf(reply.getMessage()))
                                : failure));
    }
}
