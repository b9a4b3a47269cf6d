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

/** The configuration as PostgreSQL has it, for this node and for those that cannot ask themselves. */
public final class DatabaseCatalog implements CatalogSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCatalog.class);

    /** Parts are put together when somebody needs the whole, which is hardly ever, or at this many. */
    private static final int MAX_PARTS = 1_000;

    private final CatalogStore store;
    /** What was read: everything, then what changed, each part going on where the one before ends. */
    private final Deque<CatalogSnapshot> read = new ArrayDeque<>();

    public DatabaseCatalog(CatalogStore store) {
        this.store = store;
    }

    /** Answers the nodes that ask over the event bus. */
    public Future<?> serve(Vertx vertx) {
        return vertx.eventBus()
                .<FetchCatalog>consumer(
                        Addresses.FETCH_CATALOG,
                        message -> answer(message, load(message.body().since())))
                .completion();
    }

    private static void answer(Message<?> question, Future<? extends Record> answer) {
        answer.onComplete(question::reply, failure -> {
            LOG.warn("cannot tell a node the configuration: {}", failure.getMessage());
            question.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    /** While PostgreSQL is down, what it said last: a node without a configuration is better off with that. */
    @Override
    public Future<CatalogSnapshot> load(long since) {
        return store.load(since).onSuccess(this::remember).recover(failure -> {
            CatalogSnapshot known = since == 0 ? remembered() : null;
            return known == null ? Future.failedFuture(failure) : Future.succeededFuture(known);
        });
    }

    private synchronized void remember(CatalogSnapshot snapshot) {
        CatalogSnapshot newest = read.peekLast();
        if (snapshot.since() == 0) {
            if (newest == null || snapshot.version() > newest.version() || !isOneHistory(newest, snapshot)) {
                read.clear();
                read.add(snapshot);
            }
        } else if (newest != null
                && isOneHistory(newest, snapshot)
                && snapshot.since() == newest.version()
                && snapshot.version() > newest.version()) {
            read.add(snapshot);
            if (read.size() > MAX_PARTS) {
                remembered();
            }
        }
    }

    private static boolean isOneHistory(CatalogSnapshot one, CatalogSnapshot other) {
        return one.epoch().equals(other.epoch());
    }

    private synchronized @Nullable CatalogSnapshot remembered() {
        if (read.isEmpty()) {
            return null;
        }
        CatalogSnapshot all = CatalogSnapshot.joined(List.copyOf(read));
        read.clear();
        read.add(all);
        return all;
    }
}
