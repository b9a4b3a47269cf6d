package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;

/** Where a node reads the configuration: PostgreSQL, or over the event bus another node that can. */
public interface CatalogSource {
    /** The configuration as of its newest version, or what changed in it after one; 0: all of it. */
    Future<CatalogSnapshot> load(long since);
}
