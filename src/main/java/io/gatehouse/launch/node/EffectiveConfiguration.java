package io.gatehouse.launch.node;

import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.Role;
import io.gatehouse.config.StreamListener;
import io.gatehouse.entity.plugin.PluginSchemas;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Describes this node's configuration for {@code GET /} of the Admin API, with Kong's names and without secrets
 * (docs/reference/admin-api.md#about-the-node).
 */
final class EffectiveConfiguration {
    private EffectiveConfiguration() {}

    /** A listener with its protocol. */
    private record Listener(ListenAddress address, boolean isTls, boolean isHttp) {
        static Listener of(StreamListener stream) {
            return new Listener(stream.address(), stream.isTls(), false);
        }
    }

    static Map<String, Object> of(GatehouseConfig config) {
        List<Listener> proxies = listeners(config.proxy().http(), config.proxy().https());
        List<Listener> streams =
                config.proxy().streams().stream().map(Listener::of).toList();
        List<Listener> admin = config.admin().tls() == null
                ? listeners(config.admin().http(), null)
                : listeners(null, config.admin().http());
        List<Listener> status = listeners(config.status().http(), null);
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("database", "postgres");
        shown.put("router_flavor", "traditional_compatible");
        shown.put("role", "traditional");
        shown.put(
                "roles", config.roles().stream().sorted().map(Role::configName).toList());
        shown.put("proxy_listen", texts(proxies));
        shown.put("proxy_listeners", objects(proxies));
        shown.put("proxy_ssl_enabled", proxies.stream().anyMatch(Listener::isTls));
        // Clients index this list.
        shown.put("stream_listen", streams.isEmpty() ? List.of("off") : texts(streams));
        shown.put("stream_listeners", objects(streams));
        shown.put("admin_listen", texts(admin));
        shown.put("admin_listeners", objects(admin));
        shown.put("admin_ssl_enabled", admin.stream().anyMatch(Listener::isTls));
        shown.put("status_listen", texts(status));
        shown.put("status_listeners", objects(status));
        shown.put("plugins", List.of("bundled"));
        shown.put(
                "loaded_plugins",
                PluginSchemas.installed().stream()
                        .map(plugin -> plugin.name())
                        .sorted()
                        .collect(
                                Collectors.toMap(name -> name, name -> true, (one, other) -> one, LinkedHashMap::new)));
        shown.put("vaults", List.of("bundled"));
        shown.put("loaded_vaults", Map.of("env", true));
        shown.put("wasm", false);
        shown.put("trusted_ips", config.proxy().trustedIps());
        shown.put("log_level", config.log().level().name().toLowerCase(Locale.ROOT));
        return shown;
    }

    private static List<Listener> listeners(@Nullable ListenAddress plain, @Nullable ListenAddress tls) {
        return Stream.of(listener(plain, false), listener(tls, true))
                .filter(Objects::nonNull)
                .toList();
    }

    private static @Nullable Listener listener(@Nullable ListenAddress address, boolean isTls) {
        return address == null ? null : new Listener(address, isTls, true);
    }

    private static List<String> texts(List<Listener> listeners) {
        return listeners.stream()
                .map(listener -> listener.isTls() ? listener.address() + " ssl" : "" + listener.address())
                .toList();
    }

    /** Describes listeners with all members that Kong has, because clients read each of them. */
    private static List<Map<String, Object>> objects(List<Listener> listeners) {
        return listeners.stream()
                .map(listener -> {
                    Map<String, Object> object = new LinkedHashMap<>();
                    object.put("ip", listener.address().host());
                    object.put("port", listener.address().port());
                    object.put("listener", listener.isTls() ? listener.address() + " ssl" : "" + listener.address());
                    object.put("ssl", listener.isTls());
                    object.put("http2", listener.isHttp());
                    List.of("bind", "deferred", "proxy_protocol", "reuseport", "backlog=%d+")
                            .forEach(option -> object.put(option, false));
                    return object;
                })
                .toList();
    }
}
