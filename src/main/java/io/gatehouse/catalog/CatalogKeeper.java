package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.CatalogChanged;
import io.gatehouse.bus.Done;
import io.gatehouse.credential.Changes;
import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this node at the newest configuration. One instance per node.
 *
 * <p>The Admin API sends each version and waits for the acknowledgement. The change feed reports the version every second, in
 * case the message was lost.
 *
 * <p><i>Threading</i>: runs on its own context. {@link #version}, {@link #current} and {@link #refreshIfStale} are safe from
 * any thread.
 */
public final class CatalogKeeper extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogKeeper.class);
    private static final long RETRY_MILLIS = 200;
    /** One line in ten seconds. */
    private static final int WARN_EVERY = 50;

    private final String nodeId;
    private final CatalogSource source;
    private final List<CatalogListener> listeners;

    private volatile @Nullable Catalog current;
    private volatile @Nullable String epoch;
    private boolean isReading;
    /** Completes with the read that follows the running one; null if nothing waits for it. */
    private @Nullable Promise<Void> nextRead;
    /** The version acknowledged before the first configuration was loaded: the node starts with this one or a newer one. */
    private long acknowledged;

    public CatalogKeeper(String nodeId, CatalogSource source, List<CatalogListener> listeners) {
        this.nodeId = nodeId;
        this.source = source;
        this.listeners = List.copyOf(listeners);
    }

    /** The version that this node serves; 0 before the first. */
    public long version() {
        Catalog catalog = current;
        return catalog == null ? 0 : catalog.version();
    }

    /** The configuration that this node serves; null before the first. */
    public @Nullable Catalog current() {
        return current;
    }

    @Override
    public Future<?> start() {
        // Registers before it reads, so that it receives a change between the two.
        return vertx.eventBus()
                .<CatalogChanged>consumer(Addresses.catalogChanged(nodeId), this::onChange)
                .completion()
                .compose(registered -> firstLoad(0));
    }

    /** Retries until a configuration is loaded. The node is not ready before. */
    private Future<Void> firstLoad(int attempt) {
        return refresh()
                .compose(loaded -> reach(Math.max(acknowledged, version())))
                .recover(failure -> {
                    if (attempt % WARN_EVERY == 0) {
                        LOG.warn("No configuration yet; trying again: {}", failure.getMessage());
                    }
                    Promise<Void> later = Promise.promise();
                    vertx.setTimer(RETRY_MILLIS, timer -> firstLoad(attempt + 1).onComplete(later));
                    return later.future();
                });
    }

    private void onChange(Message<CatalogChanged> message) {
        if (current == null) {
            acknowledged = Math.max(acknowledged, message.body().version());
            message.reply(new Done());
            return;
        }
        reach(message.body().version())
                .onSuccess(done -> message.reply(new Done()))
                .onFailure(failure -> message.fail(Addresses.UNAVAILABLE, String.valueOf(failure.getMessage())));
    }

    /**
     * Reads once, and fails if the source has an older version only: the change feed retries within a second. A lower version
     * than this node's comes from a late message, or from a database that was restored or failed over. The read distinguishes
     * them.
     */
    private Future<Void> reach(long version) {
        if (version() == version) {
            return Future.succeededFuture();
        }
        return refresh()
                .compose(done -> version() >= version
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                "configuration " + version + " is not available yet, the newest is " + version()));
    }

    /** Reads the configuration if this node does not serve the newest version of the same epoch. */
    public void refreshIfStale(Changes changes) {
        long version = changes.catalogVersion();
        if (version != version() || !changes.epoch().equals(epoch)) {
            context.runOnContext(behind -> refresh()
                    .onFailure(failure -> LOG.debug("The configuration was not read: {}", failure.getMessage())));
        }
    }

    /**
     * Reads once at a time. A call during a read completes with the next read, which returns changes committed before the call.
     */
    private Future<Void> refresh() {
        if (isReading) {
            if (nextRead == null) {
                nextRead = Promise.promise();
            }
            return nextRead.future();
        }
        isReading = true;
        Context context = vertx.getOrCreateContext();
        Promise<Void> applied = Promise.promise();
        source.load(version())
                .compose(this::apply)
                .onComplete((done, failure) -> context.runOnContext(ignored -> {
                    isReading = false;
                    Promise<Void> waiting = nextRead;
                    nextRead = null;
                    if (waiting != null) {
                        refresh().onComplete(waiting);
                    }
                    if (failure == null) {
                        applied.complete();
                    } else {
                        applied.fail(failure);
                    }
                }));
        return applied.future();
    }

    private Future<Void> apply(CatalogSnapshot snapshot) {
        Catalog before = current;
        boolean isSameHistory = snapshot.epoch().equals(epoch);
        if (snapshot.since() > 0 && !isSameHistory) {
            return source.load(0).compose(this::apply);
        }
        if (before != null && !isSameHistory) {
            LOG.warn(
                    "The database was restored or failed over; serving configuration {} in place of {}, epoch={}",
                    snapshot.version(),
                    before.version(),
                    snapshot.epoch());
        } else if (snapshot.version() < version() && snapshot.since() == 0) {
            LOG.warn(
                    "The database was set back; serving configuration {} in place of {}",
                    snapshot.version(),
                    version());
        } else if (snapshot.version() <= version()) {
            return Future.succeededFuture();
        }
        return vertx.executeBlocking(
                        () -> snapshot.since() == 0 || before == null ? Catalog.of(snapshot) : before.with(snapshot))
                .compose(catalog -> Future.all(listeners.stream()
                                .map(listener -> listener.apply(catalog))
                                .toList())
                        .map(all -> {
                            current = catalog;
                            epoch = snapshot.epoch();
                            LOG.debug("Serving configuration {}", catalog.version());
                            return null;
                        }));
    }
}
