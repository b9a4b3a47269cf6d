/**
 * Reads and writes PostgreSQL, the only source of truth: the connection pool, credentials, tokens, grants and the change log.
 *
 * <p>SQL is only here and in {@code io.gatehouse.store.entity}, which has that of the entities. Connections and their TLS are in
 * {@code io.gatehouse.store.postgres}, migrations in {@code db/migration}. A migration that SQL cannot express is a class here.
 *
 * <p>Start with {@link Database}, {@link TokenStore} and {@link GrantStore}.
 */
@NullMarked
package io.gatehouse.store;

import org.jspecify.annotations.NullMarked;
