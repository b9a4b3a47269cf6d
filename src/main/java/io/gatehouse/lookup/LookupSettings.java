package io.gatehouse.lookup;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * How a node remembers facts, of whichever kind.
 *
 * @param contact says whether what is remembered still counts
 * @param size how many facts of a kind the process remembers itself
 * @param metrics told how each was found
 */
public record LookupSettings(ChangeFeedFreshness contact, int size, MeterRegistry metrics) {}
