/**
 * Keeps the files of a node's data directory: lock, private files, self-signed certificate.
 *
 * <p>The files of the embedded PostgreSQL are in {@code launch.postgres}.
 *
 * <p>Start with {@link PrivateFiles}.
 */
@NullMarked
package io.gatehouse.launch.datadir;

import org.jspecify.annotations.NullMarked;
