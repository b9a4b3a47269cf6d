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
 * Keeps this node at the newest configuration: told by the Admin API, which waits for the confirmation, and each second by
 * whoever hears what changed, in case a message was lost. One for each node; its own event loop orders what happens.
 */
public final class CatalogKeeper extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogKeeper.class);
    private static final long RETRY_MILLIS = 200;
    /** One line in ten seconds says it as well as fifty. */
    private static final int WARN_EVERY = 50;

    private final String nodeId;
    private final CatalogSource source;
    private final List<CatalogListener> listeners;

    private volatile @Nullable Catalog current;
    private volatile @Nullable String epoch;
    private @Nullable Future<Void> refresh;
    private boolean refreshAgain;
    /** What was confirmed before there was anything to serve: this node does not begin with less. */
    private long confirmed;

    public CatalogKeeper(String nodeId, CatalogSource source, List<CatalogListener> listeners) {
        this.nodeId = nodeId;
        this.source = source;
        this.listeners = List.copyOf(listeners);
    }

    /** The version this node serves; 0 before the first. Safe from any thread. */
    public long version() {
        Catalog catalog = current;
        return catalog == null ? 0 : catalog.version();
    }

    /** What this node serves; null before the first. Safe from any thread. */
    public @Nullable Catalog current() {
        return current;
    }

    @Override
    public Future<?> start() {
        // Listen before reading: a change between the two is then heard rather than missed.
        return vertx.eventBus()
                .<CatalogChanged>consumer(Addresses.catalogChanged(nodeId), this::onChange)
                .completion()
                .compose(registered -> firstLoad(0));
    }

    /** A node is of no use without a configuration, so it waits for one; readiness tells the world meanwhile. */
    private Future<Void> firstLoad(int attempt) {
        return refresh()
                .compose(loaded -> reach(Math.max(confirmed, version())))
                .recover(failure -> {
                    if (attempt % WARN_EVERY == 0) {
                        LOG.warn("no configuration yet, trying again: {}", failure.getMessage());
                    }
                    Promise<Void> later = Promise.promise();
                    vertx.setTimer(RETRY_MILLIS, timer -> firstLoad(attempt + 1).onComplete(later));
                    return later.future();
                });
    }

    private void onChange(Message<CatalogChanged> message) {
        if (current == null) {
            confirmed = Math.max(confirmed, message.body().version());
            message.reply(new Done());
            return;
        }
        reach(message.body().version())
                .onSuccess(done -> message.reply(new Done()))
                .onFailure(failure -> message.fail(Addresses.UNAVAILABLE, String.valueOf(failure.getMessage())));
    }

    /**
     * Reads once, and fails with what is there if that is older: the change feed asks again in a second. A lower version than
     * this node's is of a message that was overtaken, or of a database that was set back (restored, or failed over to a
     * replica that lagged), which the read shows.
     */
    private Future<Void> reach(long version) {
        if (version() == version) {
            return Future.succeededFuture();
        }
        return refresh()
                .compose(done -> version() >= version
                        ? Future.succeededFuture()
                        : Future.failedFuture(
                                "configuration " + version + " is not there yet, " + version() + " is the newest"));
    }

    /** Reads the configuration if the newest version, or its epoch, is not the one this node serves. Safe from any thread. */
    public void newestIs(Changes changes) {
        long version = changes.catalogVersion();
        if (version != version() || !changes.epoch().equals(epoch)) {
            context.runOnContext(behind -> refresh()
                    .onFailure(failure -> LOG.debug("cannot fetch a configuration: {}", failure.getMessage())));
        }
    }

    /** One read at a time; whoever asks while one is under way gets the one after it, which sees what they know of. */
    private Future<Void> refresh() {
        Future<Void> running = refresh;
        if (running != null) {
            refreshAgain = true;
            return running.transform((done, failure) -> refreshAgain ? refresh() : Future.succeededFuture());
        }
        refreshAgain = false;
        Context context = vertx.getOrCreateContext();
        Promise<Void> applied = Promise.promise();
        refresh = applied.future();
        source.load(version())
                .compose(this::apply)
                .onComplete((done, failure) -> context.runOnContext(ignored -> {
                    refresh = null;
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
        Catalog catalog = snapshot.since() == 0 || before == null ? Catalog.of(snapshot) : before.with(snapshot);
        return Future.all(listeners.stream()
                        .map(listener -> listener.apply(catalog))
                        .toList())
                .map(all -> {
                    current = catalog;
                    epoch = snapshot.epoch();
                    LOG.debug("serving configuration {}", catalog.version());
                    return null;
                });
    }
}
