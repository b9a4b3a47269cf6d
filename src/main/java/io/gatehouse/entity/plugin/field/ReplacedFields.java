package io.gatehouse.entity.plugin.field;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites fields of a plugin's {@code config} that Kong has replaced by others and still accepts.
 *
 * <p><i>Why</i>: Kong's own responses contain both, and so do the files that decK writes.
 */
public final class ReplacedFields {
    /** The fields by plugin, with the path of the field in their place; empty if there is none. */
    private static final Map<String, Map<String, List<String>>> BY_PLUGIN = Map.of(
            "opentelemetry", Map.of("endpoint", List.of("traces_endpoint")),
            "rate-limiting", redis(),
            "response-ratelimiting", redis(),
            "session",
                    Map.of(
                            "cookie_lifetime", List.of("rolling_timeout"),
                            "cookie_idletime", List.of("idling_timeout"),
                            "cookie_renew", List.of(),
                            "cookie_discard", List.of("stale_ttl"),
                            "cookie_samesite", List.of("cookie_same_site"),
                            "cookie_httponly", List.of("cookie_http_only"),
                            "cookie_persistent", List.of("remember")));

    private ReplacedFields() {}

    private static Map<String, List<String>> redis() {
        return Stream.of(
                        "host",
                        "port",
                        "timeout",
                        "username",
                        "password",
                        "database",
                        "ssl",
                        "ssl_verify",
                        "server_name")
                .collect(Collectors.toUnmodifiableMap(name -> "redis_" + name, name -> List.of("redis", name)));
    }

    /** Returns the plugin with the fields of today; the plugin itself if it has no other. A replaced field that is null is ignored. */
    public static Map<String, @Nullable Object> expand(Map<String, @Nullable Object> plugin) {
        Map<String, List<String>> replaced =
                plugin.get("name") instanceof String name ? BY_PLUGIN.getOrDefault(name, Map.of()) : Map.of();
        if (!(plugin.get("config") instanceof Map<?, ?> config)
                || replaced.keySet().stream().noneMatch(config::containsKey)) {
            return plugin;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>();
        config.forEach((name, value) -> {
            if (name instanceof String text && !replaced.containsKey(text)) {
                expanded.put(text, value);
            }
        });
        replaced.forEach((name, path) -> {
            Object value = config.get(name);
            if (value != null) {
                set(expanded, path, name.equals("cookie_samesite") && value.equals("off") ? "Lax" : value);
            }
        });
        Map<String, @Nullable Object> result = new LinkedHashMap<>(plugin);
        result.put("config", expanded);
        return result;
    }

    private static void set(Map<String, @Nullable Object> config, List<String> path, Object value) {
        if (path.size() == 1) {
            config.put(path.get(0), value);
        } else if (path.size() == 2) {
            Map<Object, @Nullable Object> record = new LinkedHashMap<>();
            if (config.get(path.get(0)) instanceof Map<?, ?> given) {
                record.putAll(given);
            }
            record.put(path.get(1), value);
            config.put(path.get(0), record);
        }
    }
}
