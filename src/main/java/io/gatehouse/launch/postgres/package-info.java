/**
 * Runs the embedded PostgreSQL, for one machine.
 *
 * <p>The other packages see a {@code postgres.url}, as of any other server.
 *
 * <p>Start with {@link EmbeddedDatabase}.
 */
@NullMarked
package io.gatehouse.launch.postgres;

import org.jspecify.annotations.NullMarked;
