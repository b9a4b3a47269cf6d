package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.AskCatalogVersion;
import io.gatehouse.bus.CatalogChanged;
import io.gatehouse.bus.FetchCatalog;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.store.CatalogStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The configuration as PostgreSQL has it, for this node and for those that cannot ask themselves. */
public final class DatabaseCatalog implements CatalogSource {
    private static final Logger LOG = LoggerFactory.getLogger(DatabaseCatalog.class);

    private final CatalogStore store;

    public DatabaseCatalog(CatalogStore store) {
        this.store = store;
    }

    /** Answers the nodes that ask over the event bus. */
    public Future<?> serve(Vertx vertx) {
        return Future.all(
                vertx.eventBus()
                        .<AskCatalogVersion>consumer(
                                Addresses.ASK_CATALOG_VERSION,
                                message -> answer(message, version().map(CatalogChanged::new)))
                        .completion(),
                vertx.eventBus()
                        .<FetchCatalog>consumer(
                                Addresses.FETCH_CATALOG,
                                message -> answer(message, load(message.body().since())))
                        .completion());
    }

    private static void answer(Message<?> question, Future<? extends Record> answer) {
        answer.onComplete(question::reply, failure -> {
            LOG.warn("cannot tell a node the configuration: {}", failure.getMessage());
            question.fail(Addresses.UNAVAILABLE, "database unavailable");
        });
    }

    @Override
    public Future<Long> version() {
        return store.version();
    }

    @Override
    public Future<CatalogSnapshot> load(long since) {
        return store.load(since);
    }
}
