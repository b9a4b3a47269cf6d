package io.gatehouse.plugin.proxycache;

import io.vertx.core.MultiMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes the headers that report what the cache did for one request. Runs on its event loop. */
final class CacheStatus implements Consumer<MultiMap> {
    private final ProxyCacheConfig config;
    private final @Nullable String key;
    private String value = "Miss";

    /** {@code key} is null if the request has none. */
    CacheStatus(ProxyCacheConfig config, @Nullable String key) {
        this.config = config;
        this.key = key;
    }

    void hit() {
        value = "Hit";
    }

    void refreshed() {
        value = "Refresh";
    }

    void bypassed() {
        value = "Bypass";
    }

    @Override
    public void accept(MultiMap response) {
        // Also removes those of an upstream, which is a gateway itself.
        set(response, "X-Cache-Status", config.sendsStatus() ? value : null);
        set(response, "X-Cache-Key", config.sendsKey() ? key : null);
    }

    private static void set(MultiMap response, String name, @Nullable String text) {
        if (text == null) {
            response.remove(name);
        } else {
            response.set(name, text);
        }
    }
}
