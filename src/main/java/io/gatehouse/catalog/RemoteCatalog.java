package io.gatehouse.catalog;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.FetchCatalog;
import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;

/** The configuration as another node tells it: a proxy does not know where PostgreSQL is. */
public final class RemoteCatalog implements CatalogSource {
    private static final DeliveryOptions OPTIONS =
            new DeliveryOptions().setSendTimeout(Addresses.CATALOG_TIMEOUT_MILLIS);

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
