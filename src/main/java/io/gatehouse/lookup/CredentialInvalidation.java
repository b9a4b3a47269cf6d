package io.gatehouse.lookup;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.Broadcast;
import io.gatehouse.bus.Done;
import io.gatehouse.bus.InvalidateCredentials;
import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes every node forget what is no longer true: the shared cache and each process, at the same time. A process that has
 * confirmed does not take the facts from the shared cache again, whatever becomes of them there (ADR 13).
 */
public final class CredentialInvalidation {
    private static final Logger LOG = LoggerFactory.getLogger(CredentialInvalidation.class);
    /** Named among the nodes that are late. */
    private static final String SHARED_CACHE = "token-cache";
    /** A message of this many digests is some 100 KiB. */
    private static final int BATCH = 1_000;

    private final CredentialCache shared;
    private final Broadcast broadcast;
    private final Duration timeout;

    public CredentialInvalidation(CredentialCache shared, Broadcast broadcast, Duration timeout) {
        this.shared = shared;
        this.broadcast = broadcast;
        this.timeout = timeout;
    }

    /** Has this node take part. */
    public static Future<Void> listen(Vertx vertx, String nodeId, NodeCaches caches) {
        return vertx.eventBus()
                .<InvalidateCredentials>consumer(Addresses.forgetTokens(nodeId), message -> {
                    caches.invalidate(message.body().digests());
                    message.reply(new Done());
                })
                .completion();
    }

    /**
     * Forgets the facts of these digests everywhere; answers, no later than the timeout, the nodes that did not confirm by
     * then. Those hear of what is left from the change feed.
     */
    public Future<List<String>> forget(List<CredentialDigest> digests) {
        long end = System.nanoTime() + timeout.toNanos();
        Future<Set<String>> late = Future.succeededFuture(new LinkedHashSet<>());
        for (int from = 0; from < digests.size(); from += BATCH) {
            List<CredentialDigest> batch = digests.subList(from, Math.min(from + BATCH, digests.size()));
            late = late.compose(nodes -> forget(batch, Duration.ofNanos(Math.max(0, end - System.nanoTime())))
                    .map(nodesOfBatch -> {
                        nodes.addAll(nodesOfBatch);
                        return nodes;
                    }));
        }
        return late.map(ArrayList::new);
    }

    private Future<List<String>> forget(List<CredentialDigest> batch, Duration left) {
        Future<List<String>> lateCache = forgetShared(batch, left);
        return broadcast
                .tell(Addresses::forgetTokens, new InvalidateCredentials(batch), left)
                .compose(nodes -> lateCache.map(
                        cache -> Stream.concat(cache.stream(), nodes.stream()).toList()));
    }

    /** A member that has stopped keeps its part of the cache until it is given up; nobody waits for that. */
    private Future<List<String>> forgetShared(List<CredentialDigest> batch, Duration left) {
        return shared.forget(batch)
                .timeout(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS)
                .map(List.<String>of())
                .otherwise(failure -> {
                    LOG.warn(
                            "the shared token cache did not forget {} entries in time: {}",
                            batch.size(),
                            failure.getMessage());
                    return List.of(SHARED_CACHE);
                });
    }
}
