package io.gatehouse.config;

import java.time.Duration;

/**
 * How tokens are remembered.
 *
 * @param maxStale how long a proxy without contact to the cluster trusts what it remembers (contract/oauth2.md §8)
 */
public record TokenConfig(Duration maxStale) {}
