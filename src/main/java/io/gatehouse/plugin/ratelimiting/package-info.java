/**
 * Implements the {@code rate-limiting} plugin.
 *
 * <p>How requests are counted does not belong here; {@link io.gatehouse.quota.Counters} does that.
 *
 * <p>Start with {@link RateLimitingHandler}.
 */
@NullMarked
package io.gatehouse.plugin.ratelimiting;

import org.jspecify.annotations.NullMarked;
