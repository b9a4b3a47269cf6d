/**
 * Runs the embedded PostgreSQL of a laptop.
 *
 * <p>The store does not know that it is embedded.
 *
 * <p>Start with {@link EmbeddedDatabase}.
 */
@NullMarked
package io.gatehouse.launch.postgres;

import org.jspecify.annotations.NullMarked;
