package io.gatehouse.entity.plugin.field;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReplacedFieldsTest {
    private static Map<String, @Nullable Object> plugin(String name, Map<String, @Nullable Object> config) {
        Map<String, @Nullable Object> plugin = new HashMap<>();
        plugin.put("name", name);
        plugin.put("config", config);
        return plugin;
    }

    private static @Nullable Object expanded(String name, Map<String, @Nullable Object> config) {
        return ReplacedFields.expand(plugin(name, config)).get("config");
    }

    @Test
    void aReplacedFieldSetsTheOneInItsPlace() {
        assertThat(expanded("rate-limiting", Map.of("minute", 5, "redis_host", "r", "redis", Map.of("port", 6_380))))
                .isEqualTo(Map.of("minute", 5, "redis", Map.of("host", "r", "port", 6_380)));
        assertThat(expanded("opentelemetry", Map.of("endpoint", "http://h/")))
                .isEqualTo(Map.of("traces_endpoint", "http://h/"));
        assertThat(expanded("session", Map.of("cookie_lifetime", 60, "cookie_samesite", "off", "cookie_renew", 600)))
                .isEqualTo(Map.of("rolling_timeout", 60, "cookie_same_site", "Lax"));
    }

    /** decK writes both fields, and null for a replaced one that Kong has no value for. */
    @Test
    void aReplacedFieldWithoutAValueIsIgnored() {
        Map<String, @Nullable Object> config = new HashMap<>();
        config.put("redis_host", null);
        config.put("redis", Map.of("host", "r"));
        assertThat(expanded("response-ratelimiting", config)).isEqualTo(Map.of("redis", Map.of("host", "r")));
    }

    @Test
    void otherPluginsAreUnchanged() {
        for (Map<String, @Nullable Object> plugin : List.of(
                plugin("rate-limiting", Map.of("minute", 5)),
                plugin("cors", Map.of("redis_host", "r")),
                new HashMap<String, @Nullable Object>())) {
            assertThat(ReplacedFields.expand(plugin)).isSameAs(plugin);
        }
    }
}
