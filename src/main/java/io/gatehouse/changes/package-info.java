/**
 * Reads the change feed and invalidates cached state.
 *
 * <p>Each node polls the feed every second (ADR 8). Lookups and the caches themselves live in {@code io.gatehouse.lookup}.
 *
 * <p>Start with {@link ChangeFeed}.
 */
@NullMarked
package io.gatehouse.changes;

import org.jspecify.annotations.NullMarked;
