package io.gatehouse.catalog;

import io.vertx.core.Future;

/** Prepares a part of the node for a new configuration. The node serves it once every listener has completed. */
public interface CatalogListener {
    Future<Void> apply(Catalog catalog);
}
