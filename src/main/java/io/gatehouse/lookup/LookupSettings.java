package io.gatehouse.lookup;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * Configures the lookups of a node, for all kinds of credentials.
 *
 * @param freshness decides whether cached state is usable
 * @param size the largest number of states of a kind in the process cache
 * @param metrics where lookups are counted
 */
public record LookupSettings(ChangeFeedFreshness freshness, int size, MeterRegistry metrics) {}
