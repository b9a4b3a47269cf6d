/**
 * Keeps the configuration of the data path at its newest version.
 *
 * <p>Immutable snapshots and their sources. The data path prepares itself in {@code io.gatehouse.proxy}; SQL is in
 * {@code io.gatehouse.store}.
 *
 * <p>Start with {@link CatalogKeeper} and {@link Catalog}.
 */
@NullMarked
package io.gatehouse.catalog;

import org.jspecify.annotations.NullMarked;
