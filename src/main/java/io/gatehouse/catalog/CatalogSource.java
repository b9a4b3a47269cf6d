package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;

/** Where a node reads the configuration: PostgreSQL, or over the event bus another node that can. */
public interface CatalogSource {
    /** The newest version there is. */
    Future<Long> version();

    /** The whole configuration as of its newest version. */
    Future<CatalogSnapshot> load();
}
