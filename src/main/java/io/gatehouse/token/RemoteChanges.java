package io.gatehouse.token;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.AskChanges;
import io.gatehouse.oauth.Changes;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import org.jspecify.annotations.Nullable;

/** What changed, as a node with a database tells it. */
public final class RemoteChanges implements ChangeSource {
    private static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setSendTimeout(Addresses.CHANGES_TIMEOUT_MILLIS);

    private final Vertx vertx;

    public RemoteChanges(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Future<Changes> since(@Nullable String until) {
        return vertx.eventBus()
                .<Changes>request(Addresses.ASK_CHANGES, new AskChanges(until), OPTIONS)
                .map(reply -> reply.body())
                .recover(failure -> Future.failedFuture(
                        failure instanceof ReplyException reply
                                        && reply.failureType() == ReplyFailure.RECIPIENT_FAILURE
                                        && reply.failureCode() == Addresses.UNAVAILABLE
                                ? new TruthUnreachable(String.valueOf(reply.getMessage()))
                                : failure));
    }
}
