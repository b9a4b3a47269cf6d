package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchCatalog;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.store.CatalogStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the configuration from PostgreSQL, for this node and for the nodes without a database. */
public final class DatabaseCatalog implements CatalogSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCatalog.class);

    /** Parts are joined when a node needs the complete configuration during an outage, or at this many. */
    private static final int MAX_PARTS = 1_000;

    private final CatalogStore store;
    /** The newest configuration read: a complete snapshot, then changes, each part from the version of the previous one. */
    private final Deque<CatalogSnapshot> parts = new ArrayDeque<>();

    public DatabaseCatalog(CatalogStore store) {
        this.store = store;
    }

    /** Registers the handler for nodes without a database. */
    public Future<?> serve(Vertx vertx) {
        return vertx.eventBus()
                .<FetchCatalog>consumer(
                        Addresses.FETCH_CATALOG,
                        message -> reply(message, load(message.body().since())))
                .completion();
    }

    private static void reply(Message<?> request, Future<? extends Record> result) {
        result.onComplete(request::reply, failure -> {
            LOG.warn("Another node gets no configuration: {}", failure.getMessage());
            request.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    /** Returns the last configuration read if PostgreSQL is down and the node has none. */
    @Override
    public Future<CatalogSnapshot> load(long since) {
        return store.load(since).onSuccess(this::cache).recover(failure -> {
            CatalogSnapshot cached = since == 0 ? cached() : null;
            return cached == null ? Future.failedFuture(failure) : Future.succeededFuture(cached);
        });
    }

    private synchronized void cache(CatalogSnapshot snapshot) {
        CatalogSnapshot newest = parts.peekLast();
        if (snapshot.since() == 0) {
            if (newest == null || snapshot.version() > newest.version() || !isOneHistory(newest, snapshot)) {
                parts.clear();
                parts.add(snapshot);
            }
        } else if (newest != null
                && isOneHistory(newest, snapshot)
                && snapshot.since() == newest.version()
                && snapshot.version() > newest.version()) {
            parts.add(snapshot);
            if (parts.size() > MAX_PARTS) {
                cached();
            }
        }
    }

    private static boolean isOneHistory(CatalogSnapshot one, CatalogSnapshot other) {
        return one.epoch().equals(other.epoch());
    }

    /** Joins the parts, and returns the whole; null if nothing was read. */
    private synchronized @Nullable CatalogSnapshot cached() {
        if (parts.isEmpty()) {
            return null;
        }
        CatalogSnapshot all = CatalogSnapshot.joined(List.copyOf(parts));
        parts.clear();
        parts.add(all);
        return all;
    }
}
