/**
 * Holds the configuration of a node as immutable records, one per area, and the failures of a start.
 *
 * <p>Reads nothing and has no defaults of settings except those that tests share. {@code launch.settings} fills the records
 * once, at the start.
 *
 * <p>Start with {@link GatehouseConfig}.
 */
@NullMarked
package io.gatehouse.config;

import org.jspecify.annotations.NullMarked;
