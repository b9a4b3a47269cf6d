package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchCatalog;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;

/** Reads the configuration over the event bus, for a node without a database. */
public final class RemoteCatalog implements CatalogSource {
    private static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setSendTimeout(ClusterTimings.CATALOG_TIMEOUT.toMillis());

    private final Vertx vertx;

    public RemoteCatalog(Vertx vertx) {
        this.vertx = vertx;
    }

    @Override
    public Future<CatalogSnapshot> load(long since) {
        return vertx.eventBus()
                .<CatalogSnapshot>request(Addresses.FETCH_CATALOG, new FetchCatalog(since), OPTIONS)
                .map(reply -> reply.body());
    }
}
