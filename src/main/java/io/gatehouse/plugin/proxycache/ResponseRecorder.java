package io.gatehouse.plugin.proxycache;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.PluginResponse;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;

/** Stores the response to one request, if it may be stored and when it is complete. Runs on the request's event loop. */
final class ResponseRecorder implements Consumer<PluginResponse> {
    /** Statuses of responses without a body, as is each response to HEAD (RFC 9110 §6.4.1). */
    private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205);

    /** Fields of one response or one connection, which the gateway sets itself for each. */
    private static final Set<String> NOT_STORED = Set.of("via", "x-cache-status", "x-cache-key");

    private final ProxyCacheConfig config;
    private final StorageRules rules;
    private final ProxyCaches caches;
    private final Exchange exchange;
    private final String key;
    private final CacheStatus status;
    /** The headers by which the upstream can select a response, as it received them. */
    private final Function<String, List<String>> sent;

    private final long purges;

    ResponseRecorder(
            ProxyCacheConfig config,
            StorageRules rules,
            ProxyCaches caches,
            Exchange exchange,
            String key,
            CacheStatus status) {
        this.config = config;
        this.rules = rules;
        this.caches = caches;
        this.exchange = exchange;
        this.key = key;
        this.status = status;
        this.sent = exchange.upstreamHeaders();
        this.purges = caches.responses().purges();
    }

    @Override
    public void accept(PluginResponse response) {
        long fresh = rules.freshSeconds(exchange, response.status(), response.headers());
        Map<String, List<String>> selectors =
                fresh > 0 ? StorageRules.selectors(exchange, sent, response.headers()) : null;
        if (selectors == null) {
            status.bypassed();
            return;
        }
        StoredResponse head = new StoredResponse(
                config.pluginId(),
                response.status(),
                stored(response.headers()),
                Buffer.buffer(),
                System.currentTimeMillis(),
                StorageRules.age(response.headers()),
                fresh,
                config.storageSeconds() == null ? fresh : config.storageSeconds(),
                selectors);
        if (exchange.method().equals("HEAD") || WITHOUT_BODY.contains(response.status())) {
            caches.responses().put(key, head, purges);
        } else {
            response.transform(copy(caches, key, head, purges));
        }
    }

    /** Returns the copy of a body. It lasts for as long as a client reads, so it holds no part of the request. */
    private static BodyCopy copy(ProxyCaches caches, String key, StoredResponse head, long purges) {
        ResponseStore store = caches.responses();
        return new BodyCopy(caches.pending(), head.weight(), body -> store.put(key, head.with(body), purges));
    }

    private static Map<String, String> stored(MultiMap headers) {
        Map<String, String> stored = new HashMap<>();
        headers.forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!NOT_STORED.contains(lower) && !lower.startsWith("x-kong-")) {
                stored.merge(lower, value, (one, other) -> one + ", " + other);
            }
        });
        return Map.copyOf(stored);
    }
}
