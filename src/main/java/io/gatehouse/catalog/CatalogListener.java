package io.gatehouse.catalog;

import io.vertx.core.Future;

/** Makes something of a new configuration; the node serves it when every listener is done. */
public interface CatalogListener {
    Future<Void> apply(Catalog catalog);
}
