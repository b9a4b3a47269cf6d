package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchCatalog;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.store.entity.CatalogStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration from PostgreSQL, for this node and for the nodes without a database. Requests at the same time share
 * one configuration.
 */
public final class DatabaseCatalog implements CatalogSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCatalog.class);

    /** Parts are joined when a node needs the complete configuration during an outage, or at this many. */
    private static final int MAX_PARTS = 1_000;

    private final CatalogStore store;
    private final SharedReads reads = new SharedReads(this::read);
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
                        message -> reply(
                                message,
                                load(message.body().since())
                                        // The node has sent another request by then.
                                        .timeout(ClusterTimings.CATALOG_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)))
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
        return reads.read(since).recover(failure -> {
            CatalogSnapshot cached = since == 0 ? cached() : null;
            return cached == null ? Future.failedFuture(failure) : Future.succeededFuture(cached);
        });
    }

    private Future<CatalogSnapshot> read(long since, @Nullable CatalogSnapshot previous) {
        return (previous == null || previous.since() != 0 ? store.load(since) : completed(since, previous))
                .onSuccess(this::cache);
    }

    /** Returns the complete configuration that was read a moment ago, with the changes since then. */
    private Future<CatalogSnapshot> completed(long since, CatalogSnapshot previous) {
        return store.load(previous.version()).transform((changes, failure) -> {
            if (failure != null || !isOneHistory(previous, changes)) {
                return store.load(since);
            }
            if (changes.since() == 0) {
                return Future.succeededFuture(changes);
            }
            return Future.succeededFuture(
                    changes.version() == previous.version()
                            ? previous
                            : CatalogSnapshot.joined(List.of(previous, changes)));
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
        if (parts.size() <= 1) {
            return parts.peekLast();
        }
        CatalogSnapshot all = CatalogSnapshot.joined(List.copyOf(parts));
        parts.clear();
        parts.add(all);
        return all;
    }
}
