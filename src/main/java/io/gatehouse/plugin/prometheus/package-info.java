/**
 * Implements the {@code prometheus} plugin, which counts requests under the metric names of Kong.
 *
 * <p>Metrics that the gateway exports without the plugin, and the listener that serves them, do not belong here.
 *
 * <p>Start with {@link KongMetrics}.
 */
@NullMarked
package io.gatehouse.plugin.prometheus;

import org.jspecify.annotations.NullMarked;
