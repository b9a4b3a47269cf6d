package io.gatehouse.config;

import org.jspecify.annotations.Nullable;

/**
 * Configures the status listener for orchestrators and monitoring.
 *
 * @param http address of {@code /live}, {@code /ready} and {@code /metrics}; null if off
 * @param kongNames whether {@code /metrics} also has the names of Kong's prometheus plugin
 */
public record StatusConfig(@Nullable ListenAddress http, boolean kongNames) {}
