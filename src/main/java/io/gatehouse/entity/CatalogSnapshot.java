package io.gatehouse.entity;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The configuration as it was at one moment, for proxies, which never see the database.
 *
 * @param version rises with every change
 * @param consumers only those that a plugin names as {@code anonymous}
 */
public record CatalogSnapshot(
        long version,
        List<Map<String, @Nullable Object>> services,
        List<Map<String, @Nullable Object>> routes,
        List<Map<String, @Nullable Object>> plugins,
        List<Map<String, @Nullable Object>> consumers) {}
