package io.gatehouse.config;

import org.jspecify.annotations.Nullable;

/**
 * What is served to orchestrators and monitoring.
 *
 * @param http where {@code /live}, {@code /ready} and {@code /metrics} are; null when off
 * @param kongNames whether {@code /metrics} has the names of Kong's prometheus plugin too
 */
public record StatusConfig(@Nullable ListenAddress http, boolean kongNames) {
    public StatusConfig(@Nullable ListenAddress http) {
        this(http, false);
    }
}
