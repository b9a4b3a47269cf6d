package io.gatehouse.admin.entity;

import io.gatehouse.admin.http.AdminError;
import io.gatehouse.admin.http.AdminRequest;
import io.gatehouse.admin.http.AdminResponse;
import io.gatehouse.admin.http.Endpoint;
import io.gatehouse.bus.StoredResponseReport;
import io.gatehouse.plugin.proxycache.CacheClient;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Shows and purges the stored responses of {@code proxy-cache} on all nodes (docs/reference/plugins.md#proxy-cache). */
public final class ProxyCacheEndpoints {
    private static final int VERSION = 1;

    private final CacheClient cache;
    private final WritePublisher publisher;

    public ProxyCacheEndpoints(CacheClient cache, WritePublisher publisher) {
        this.cache = cache;
        this.publisher = publisher;
    }

    public List<Endpoint> all() {
        return List.of(
                new Endpoint("/proxy-cache", Map.of(HttpMethod.DELETE, request -> purgeAll())),
                new Endpoint(
                        "/proxy-cache/{cache_key}",
                        Map.of(
                                HttpMethod.GET,
                                request -> show(null, request.variable(0)),
                                HttpMethod.DELETE,
                                request -> purge(null, request.variable(0)))),
                new Endpoint(
                        "/proxy-cache/{plugin_id}/caches/{cache_key}",
                        Map.of(
                                HttpMethod.GET,
                                request -> show(plugin(request), request.variable(1)),
                                HttpMethod.DELETE,
                                request -> purge(plugin(request), request.variable(1)))));
    }

    private static UUID plugin(AdminRequest request) {
        try {
            return UUID.fromString(request.variable(0));
        } catch (IllegalArgumentException e) {
            throw AdminError.NOT_FOUND.exception();
        }
    }

    private Future<AdminResponse> purgeAll() {
        return cache.purge(null, null).compose(late -> publisher.marked(AdminResponse.NO_CONTENT, late));
    }

    private Future<AdminResponse> show(@Nullable UUID plugin, String key) {
        return cache.find(plugin, key)
                .map(found -> AdminResponse.ok(shown(found.orElseThrow(AdminError.NOT_FOUND::exception))));
    }

    /** Purges also if no node reports the response: a node may have it and be late. */
    private Future<AdminResponse> purge(@Nullable UUID plugin, String key) {
        return cache.find(plugin, key)
                .compose(found -> cache.purge(plugin, key).compose(late -> {
                    if (found.isEmpty() && late.isEmpty()) {
                        throw AdminError.NOT_FOUND.exception();
                    }
                    return publisher.marked(AdminResponse.NO_CONTENT, late);
                }));
    }

    private static Map<String, Object> shown(StoredResponseReport response) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("status", response.status());
        shown.put("headers", response.headers());
        shown.put("body", response.body());
        shown.put("body_len", response.bodyLength());
        shown.put("timestamp", response.timestamp());
        shown.put("ttl", response.ttl());
        shown.put("version", VERSION);
        return shown;
    }
}
