package io.gatehouse.plugin.proxycache;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Responds with stored responses of the upstream and stores new ones: the {@code proxy-cache} plugin. */
public final class ProxyCacheHandler implements PluginHandler {
    private static final Outcome NOT_STORED = new Outcome.Response(
            ProxyError.UPSTREAM_TIMEOUT.status(),
            Map.of(),
            new JsonObject()
                    .put("message", ProxyError.UPSTREAM_TIMEOUT.message())
                    .toBuffer());

    private final ProxyCacheConfig config;
    private final StorageRules rules;
    private final ProxyCaches caches;

    private ProxyCacheHandler(ProxyCacheConfig config, ProxyCaches caches) {
        this.config = config;
        this.rules = new StorageRules(config);
        this.caches = caches;
    }

    /** Creates the factory of a node, whose plugins store in {@code caches}. A change of the configuration keeps the entries. */
    public static PluginFactory factory(ProxyCaches caches) {
        return (Plugin plugin, Catalog catalog) -> new ProxyCacheHandler(ProxyCacheConfig.of(plugin), caches);
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        CacheControl asked = CacheControl.of(exchange.headers("cache-control"));
        String key = RequestRules.mayUseCache(config, asked, exchange) ? CacheKey.of(config, exchange) : null;
        CacheStatus status = new CacheStatus(config, key);
        if (key == null) {
            status.bypassed();
            exchange.editResponseHead(status);
            return CONTINUE;
        }
        StoredResponse stored = caches.responses().get(key);
        boolean isUsable = stored != null
                && stored.isFor(exchange.upstreamHeaders())
                && !RequestRules.hasOtherSpelling(exchange, stored.selectors().keySet());
        long now = System.currentTimeMillis();
        if (stored != null && isUsable && isFresh(stored, asked, now)) {
            return Future.succeededFuture(hit(exchange, stored, key, now));
        }
        if (config.obeysCacheControl() && asked.has("only-if-cached")) {
            return Future.succeededFuture(NOT_STORED);
        }
        if (isUsable) {
            status.refreshed();
        }
        exchange.editResponseHead(status);
        if (RequestRules.mayStore(exchange)) {
            exchange.readResponse(new ResponseRecorder(config, rules, caches, exchange, key, status));
        } else {
            status.bypassed();
        }
        return CONTINUE;
    }

    /** Whether the entry is fresh, and as fresh as the client requires (RFC 9111 §5.2.1). */
    private boolean isFresh(StoredResponse stored, CacheControl asked, long now) {
        long stale = stored.secondsStored(now) - stored.ttlSeconds();
        if (!config.obeysCacheControl()) {
            return stored.secondsStored(now) < Math.min(config.ttlSeconds(), stored.ttlSeconds());
        }
        Long maxAge = asked.seconds("max-age");
        Long minFresh = asked.seconds("min-fresh");
        return (maxAge == null || stored.ageSeconds() + stored.secondsStored(now) <= maxAge)
                && (minFresh == null || -stale >= minFresh)
                && (stale < 0 || mayBeStale(stored, asked, stale));
    }

    /** Whether the client accepts an entry that is stale, and the upstream does not forbid it. */
    private static boolean mayBeStale(StoredResponse stored, CacheControl asked, long stale) {
        if (!asked.has("max-stale")) {
            return false;
        }
        String control = stored.headers().get("cache-control");
        CacheControl sent = CacheControl.of(control == null ? List.of() : List.of(control));
        Long accepted = asked.seconds("max-stale");
        return !sent.has("must-revalidate")
                && !sent.has("proxy-revalidate")
                && !sent.has("s-maxage")
                && (accepted == null || stale <= accepted);
    }

    private Outcome hit(Exchange exchange, StoredResponse stored, String key, long now) {
        Map<String, String> headers = new LinkedHashMap<>(stored.headers());
        headers.remove("age");
        if (config.sendsAge()) {
            headers.put("age", Long.toString(stored.ageSeconds() + stored.secondsStored(now)));
        }
        CacheStatus status = new CacheStatus(config, key);
        status.hit();
        exchange.editResponseHead(status);
        return new Outcome.Response(stored.status(), headers, stored.body());
    }
}
