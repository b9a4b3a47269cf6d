package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Describes this node's configuration for {@code GET /} of the Admin API, with Kong's names and without secrets. */
final class EffectiveConfiguration {
    private EffectiveConfiguration() {}

    static Map<String, Object> of(GatehouseConfig config) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("database", "postgres");
        shown.put("router_flavor", "traditional_compatible");
        shown.put(
                "roles", config.roles().stream().sorted().map(Role::configName).toList());
        shown.put(
                "proxy_listen", listeners(config.proxy().http(), config.proxy().https()));
        shown.put("admin_listen", listeners(config.admin().http()));
        shown.put("status_listen", listeners(config.status().http()));
        shown.put("trusted_ips", config.proxy().trustedIps());
        shown.put("log_level", config.log().level().name().toLowerCase(Locale.ROOT));
        return shown;
    }

    private static List<String> listeners(@Nullable ListenAddress... addresses) {
        return Stream.of(addresses)
                .filter(address -> address != null)
                .map(String::valueOf)
                .toList();
    }
}
