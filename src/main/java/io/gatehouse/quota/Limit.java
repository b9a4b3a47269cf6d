package io.gatehouse.quota;

/** Allows {@code units} in each window of a period. */
public record Limit(Period period, long units) {}
