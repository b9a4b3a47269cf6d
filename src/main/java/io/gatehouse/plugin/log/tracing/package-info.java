/**
 * Implements the plugins that trace requests, with the formats of trace headers that they read and write.
 *
 * <p>The spans that the node itself exports are those of {@link io.gatehouse.telemetry}.
 *
 * <p>Start with {@link TracingPlugins} and {@link Propagation}.
 */
@NullMarked
package io.gatehouse.plugin.log.tracing;

import org.jspecify.annotations.NullMarked;
