package io.gatehouse.token;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.ForgetTokens;
import io.gatehouse.oauth.TokenDigest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every node forget what is no longer true. First the shared cache, then each first level: the other way round, a first level could
 * refill itself from what is about to go.
 */
public final class TokenForgetting {
    private static final Logger LOG = LoggerFactory.getLogger(TokenForgetting.class);
    /** Named among the nodes that are late. */
    private static final String SHARED_CACHE = "token-cache";
    /** A message of this many digests is some 100 KiB. */
    private static final int BATCH = 1_000;

    private final TokenCache shared;
    private final Broadcast broadcast;
    private final Duration timeout;

    public TokenForgetting(TokenCache shared, Broadcast broadcast, Duration timeout) {
        this.shared = shared;
        this.broadcast = broadcast;
        this.timeout = timeout;
    }

    /** Has this node take part. */
    public static Future<Void> listen(Vertx vertx, String nodeId, List<FactsLookup<?>> lookups) {
        return vertx.eventBus()
                .<ForgetTokens>consumer(Addresses.forgetTokens(nodeId), message -> {
                    lookups.forEach(lookup -> lookup.forget(message.body().digests()));
                    message.reply(new Done());
                })
                .completion();
    }

    /** Forgets the facts of these digests everywhere; answers the nodes that did not confirm in time. */
    public Future<List<String>> forget(List<TokenDigest> digests) {
        Future<Set<String>> late = Future.succeededFuture(new LinkedHashSet<>());
        for (int from = 0; from < digests.size(); from += BATCH) {
            List<TokenDigest> batch = digests.subList(from, Math.min(from + BATCH, digests.size()));
            late = late.compose(nodes -> forgetShared(batch, nodes)
                    .compose(forgotten -> broadcast.tell(Addresses::forgetTokens, new ForgetTokens(batch), timeout))
                    .map(nodesOfBatch -> {
                        nodes.addAll(nodesOfBatch);
                        return nodes;
                    }));
        }
        return late.map(ArrayList::new);
    }

    /** A member that has stopped keeps its part of the cache until it is given up; nobody waits for that. */
    private Future<Void> forgetShared(List<TokenDigest> batch, Set<String> late) {
        return shared.forget(batch)
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .recover(failure -> {
                    LOG.warn(
                            "the shared token cache did not forget {} entries in time: {}",
                            batch.size(),
                            failure.getMessage());
                    late.add(SHARED_CACHE);
                    return Future.succeededFuture();
                });
    }
}
