/**
 * Holds the configuration of a node as immutable records, one per area, and the failures of a start.
 *
 * <p>Reads no setting and has no defaults of settings except those that tests share. {@code launch.settings} fills the records
 * once, at the start. {@link Version} and {@link HostName} read what the build and the machine state.
 *
 * <p>Start with {@link GatehouseConfig}.
 */
@NullMarked
package io.gatehouse.config;

import org.jspecify.annotations.NullMarked;
