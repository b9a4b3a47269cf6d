package io.gatehouse.token;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.AskChanges;
import io.gatehouse.oauth.Changes;
import io.gatehouse.store.ChangeStore;
import io.gatehouse.store.StoreException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What changed as PostgreSQL has it, for this node and for those that cannot ask themselves. */
public final class DatabaseChanges implements ChangeSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseChanges.class);

    private final ChangeStore store;
    private final String nodeId;

    public DatabaseChanges(ChangeStore store, String nodeId) {
        this.store = store;
        this.nodeId = nodeId;
    }

    /** Answers the nodes that ask over the event bus. */
    public Future<?> serve(Vertx vertx) {
        return vertx.eventBus()
                .<AskChanges>consumer(
                        Addresses.ASK_CHANGES,
                        message -> store.since(message.body().since()).onComplete(message::reply, failure -> {
                            LOG.debug("cannot tell a node what changed: {}", failure.getMessage());
                            message.fail(Addresses.UNAVAILABLE, "database unavailable");
                        }))
                .completion();
    }

    @Override
    public Future<Void> leave() {
        return store.leave(nodeId).otherwiseEmpty();
    }

    /** Writes first: only a node that can is a witness of what is true. */
    @Override
    public Future<Changes> since(@Nullable String until) {
        return store.see(nodeId)
                .compose(seen -> store.since(until))
                .recover(failure -> Future.failedFuture(
                        failure instanceof StoreException.DatabaseUnavailable
                                ? new TruthUnreachable(String.valueOf(failure.getMessage()))
                                : failure));
    }
}
