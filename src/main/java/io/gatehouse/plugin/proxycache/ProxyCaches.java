package io.gatehouse.plugin.proxycache;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.FetchStoredResponse;
import io.gatehouse.bus.PurgeResponses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;

/**
 * Holds the stored responses of a node, which all its {@code proxy-cache} plugins share.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
public final class ProxyCaches {
    private final ResponseStore responses = new ResponseStore();
    private final PendingBodies pending = new PendingBodies();

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
