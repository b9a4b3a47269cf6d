/**
 * Reads and writes the entities of the Admin API by their schemas: SQL, references, the change log of the configuration, and the
 * configuration as the data path reads it.
 *
 * <p>Entities and catalog changes only. The connection pool, credentials, tokens and grants are in {@code io.gatehouse.store},
 * which does not depend on this package.
 *
 * <p>Start with {@link EntityStore}, then {@link Table} and {@link CatalogStore}.
 */
@NullMarked
package io.gatehouse.store.entity;

import org.jspecify.annotations.NullMarked;
