package io.gatehouse.plugin.proxycache;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.FetchStoredResponse;
import io.gatehouse.bus.PurgeResponses;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;

/**
 * Holds the stored responses of a node, which all its {@code proxy-cache} plugins share.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
public final class ProxyCaches {
    private final ResponseStore responses;
    private final PendingBodies pending;

    /** Creates empty caches whose use of memory {@code registry} exports. */
    public ProxyCaches(MeterRegistry registry) {
        long heap = Runtime.getRuntime().maxMemory();
        Counter evicted = Counter.builder("gatehouse.proxy.cache.evicted")
                .description("Stored responses that proxy-cache evicted because its memory was full")
                .register(registry);
        Counter unstored = Counter.builder("gatehouse.proxy.cache.unstored")
                .description("Responses that proxy-cache did not store because it received too many bodies at once")
                .register(registry);
        this.responses = new ResponseStore(ResponseStore.maxBytes(heap), evicted::increment);
        this.pending = new PendingBodies(PendingBodies.maxBytes(heap), unstored::increment);
        Gauge.builder("gatehouse.proxy.cache.bytes", responses, ResponseStore::bytes)
                .description("Estimated memory of the responses that proxy-cache stores, in bytes")
                .register(registry);
    }

    ResponseStore responses() {
        return responses;
    }

    PendingBodies pending() {
        return pending;
    }

    /** Registers this node as a receiver of the messages of {@link CacheClient}. Nodes without proxies have no entries. */
    public Future<?> register(Vertx vertx, String nodeId) {
        return Future.all(
                vertx.eventBus()
                        .<FetchStoredResponse>consumer(Addresses.fetchStoredResponse(nodeId), this::reply)
                        .completion(),
                vertx.eventBus()
                        .<PurgeResponses>consumer(Addresses.purgeResponses(nodeId), this::purge)
                        .completion());
    }

    private void reply(Message<FetchStoredResponse> request) {
        StoredResponse response = responses.get(request.body().key());
        if (response == null
                || (request.body().pluginId() != null
                        && !response.pluginId().equals(request.body().pluginId()))) {
            request.fail(Addresses.UNKNOWN, "this node has no such response");
        } else {
            request.reply(response.report());
        }
    }

    private void purge(Message<PurgeResponses> request) {
        responses.purge(request.body().pluginId(), request.body().key());
        request.reply(new Done());
    }
}
