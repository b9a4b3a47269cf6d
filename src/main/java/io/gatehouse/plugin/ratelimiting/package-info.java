/**
 * Implements the {@code rate-limiting} and {@code response-ratelimiting} plugins.
 *
 * <p>How units are counted does not belong here; {@link io.gatehouse.quota.Counters} does that.
 *
 * <p>Start with {@link RateLimitingHandler}, then {@link ResponseRateLimitingHandler}.
 */
@NullMarked
package io.gatehouse.plugin.ratelimiting;

import org.jspecify.annotations.NullMarked;
