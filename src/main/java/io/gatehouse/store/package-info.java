/**
 * Reads and writes PostgreSQL, the only source of truth.
 *
 * <p>No other package contains SQL. Connections and their TLS are in {@code io.gatehouse.store.postgres}, migrations in {@code
 * db/migration}.
 *
 * <p>Start with {@link Database}, {@link EntityStore} and {@link GrantStore}.
 */
@NullMarked
package io.gatehouse.store;

import org.jspecify.annotations.NullMarked;
