/**
 * Opens connections to PostgreSQL, with libpq's TLS modes, for the pool and for the migrations.
 *
 * <p>No SQL. Statements are in {@code io.gatehouse.store}.
 *
 * <p>Start with {@link PgConnections} and {@link ServerTrust}.
 */
@NullMarked
package io.gatehouse.store.postgres;

import org.jspecify.annotations.NullMarked;
