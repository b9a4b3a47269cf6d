package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.syntax.IpRange;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Limits the requests to a provider that are in flight because of credentials of clients. Those of one network of clients are at most as
 * many as all networks leave free: half of the limit for one network, a third each for two. So a client with invented credentials does
 * not reject those of the others.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
public final class InFlight {
    static final int MAX = 64;

    private final Map<String, Integer> byNetwork = new HashMap<>();
    private int all;

    /** Sends a request, unless too many are in flight: then it fails with {@link ProviderFailure}. */
    public <T> Future<T> send(String address, Supplier<Future<T>> request) {
        String network = IpRange.network(address);
        if (!begin(network)) {
            return Future.failedFuture(new ProviderFailure("too many checks of credentials and codes are in flight"));
        }
        return Future.succeededFuture().compose(begun -> request.get()).onComplete(done -> end(network));
    }

    synchronized boolean begin(String network) {
        int own = byNetwork.getOrDefault(network, 0);
        if (own >= MAX - all) {
            return false;
        }
        byNetwork.put(network, own + 1);
        all++;
        return true;
    }

    synchronized void end(String network) {
        int own = byNetwork.getOrDefault(network, 0);
        if (own > 1) {
            byNetwork.put(network, own - 1);
        } else {
            byNetwork.remove(network);
        }
        all--;
    }
}
