package io.gatehouse.plugin.proxycache;

import io.gatehouse.entity.Plugin;
import io.gatehouse.schema.Document;
import io.gatehouse.syntax.form.MediaType;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Holds the {@code proxy-cache} plugin's configuration, read once per change.
 *
 * @param ttlSeconds how long an entry is fresh, unless {@code obeysCacheControl}
 * @param storageSeconds how long an entry is stored; null: as long as it is fresh
 * @param obeysCacheControl whether the {@code Cache-Control} of requests and responses decides
 * @param varyParameters the parameters of the query that the key contains; empty: all
 */
record ProxyCacheConfig(
        UUID pluginId,
        Set<Integer> statuses,
        Set<String> methods,
        List<MediaType> types,
        long ttlSeconds,
        @Nullable Long storageSeconds,
        boolean obeysCacheControl,
        boolean ignoresCase,
        List<String> varyHeaders,
        Set<String> varyParameters,
        boolean sendsAge,
        boolean sendsStatus,
        boolean sendsKey) {
    private static final long DEFAULT_TTL = 300;

    static ProxyCacheConfig of(Plugin plugin) {
        Document config = plugin.config();
        Document headers = config.record("response_headers");
        return new ProxyCacheConfig(
                plugin.id(),
                statuses(config.get("response_code")),
                Set.copyOf(config.strings("request_method")),
                config.strings("content_type").stream().map(MediaType::of).toList(),
                config.get("cache_ttl") == null ? DEFAULT_TTL : config.integer("cache_ttl"),
                config.get("storage_ttl") == null ? null : config.integer("storage_ttl"),
                config.flag("cache_control"),
                config.flag("ignore_uri_case"),
                List.copyOf(config.strings("vary_headers")),
                Set.copyOf(config.strings("vary_query_params")),
                isOn(headers, "age"),
                isOn(headers, "X-Cache-Status"),
                isOn(headers, "X-Cache-Key"));
    }

    private static Set<Integer> statuses(@Nullable Object codes) {
        return codes instanceof List<?> list
                ? list.stream().map(code -> ((Number) code).intValue()).collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    /** Whether a header is sent; a missing record has the defaults of its fields. */
    private static boolean isOn(Document headers, String name) {
        return !Boolean.FALSE.equals(headers.get(name));
    }
}
