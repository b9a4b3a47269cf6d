package io.gatehouse.catalog;

import io.gatehouse.entity.CatalogSnapshot;
import io.vertx.core.Future;

/** Reads the configuration: from PostgreSQL, or over the event bus from a node that reads it. */
public interface CatalogSource {
    /** Reads the changes after a version, or the complete configuration for 0 or if the changes are not available. */
    Future<CatalogSnapshot> load(long since);
}
