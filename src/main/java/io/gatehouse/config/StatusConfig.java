package io.gatehouse.config;

import org.jspecify.annotations.Nullable;

/** Where {@code /live}, {@code /ready} and {@code /metrics} are served; null when off. */
public record StatusConfig(@Nullable ListenAddress http) {}
