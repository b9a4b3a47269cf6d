package io.gatehouse.token;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.oauth.TokenDigest;
import io.gatehouse.oauth.TokenFacts;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out what a token is: this process's first level, the cluster's shared cache, an issuer. Runs for every proxied
 * request with a token. One for each node, safe from every event loop.
 *
 * <p>Nothing that was forgotten while it was being looked up is remembered: a lookup keeps its right to remember only as
 * long as it stands in {@code lookups}, and forgetting takes it out.
 */
public final class TokenLookup {
    /** Bounds what a lost message can do, and what a proxy holds of tokens nobody uses any more. */
    private static final Duration FIRST_LEVEL_AGE = Duration.ofSeconds(10);

    private static final int FIRST_LEVEL_SIZE = 500_000;
    /** Different tokens asked about at once; beyond this the cluster is not answering. */
    private static final int MAX_LOOKUPS = 10_000;

    private final Vertx vertx;
    private final TokenCache shared;
    private final IssuerClient issuer;
    private final UnknownTokens unknown = new UnknownTokens();
    private final Cache<TokenDigest, TokenFacts> firstLevel = Caffeine.newBuilder()
            .maximumSize(FIRST_LEVEL_SIZE)
            .expireAfterWrite(FIRST_LEVEL_AGE)
            .build();
    private final ConcurrentMap<TokenDigest, Promise<Optional<TokenFacts>>> lookups = new ConcurrentHashMap<>();

    public TokenLookup(Vertx vertx, TokenCache shared, IssuerClient issuer) {
        this.vertx = vertx;
        this.shared = shared;
        this.issuer = issuer;
    }

    /** The facts this process remembers, or null; at once. */
    public @Nullable TokenFacts cached(TokenDigest digest) {
        return firstLevel.getIfPresent(digest);
    }

    /**
     * The facts, from wherever they are; empty when there is no such token. Completes on the caller's context. Fails with
     * {@link IssuerUnavailable} when nobody can tell.
     */
    public Future<Optional<TokenFacts>> find(TokenDigest digest) {
        if (unknown.contains(digest)) {
            return Future.succeededFuture(Optional.empty());
        }
        if (lookups.size() >= MAX_LOOKUPS) {
            return Future.failedFuture(new IssuerUnavailable("too many lookups under way"));
        }
        Promise<Optional<TokenFacts>> mine = Promise.promise();
        Promise<Optional<TokenFacts>> running = lookups.putIfAbsent(digest, mine);
        if (running == null) {
            Future<Optional<TokenFacts>> answer = shared.get(digest)
                    .otherwise(Optional.empty())
                    .compose(found -> found.isPresent() ? Future.succeededFuture(found) : issuer.lookup(digest));
            answer.onComplete(done -> finish(digest, mine, answer));
        }
        return onCallersContext((running == null ? mine : running).future());
    }

    private void finish(TokenDigest digest, Promise<Optional<TokenFacts>> lookup, Future<Optional<TokenFacts>> answer) {
        lookups.computeIfPresent(digest, (key, current) -> {
            if (current != lookup) {
                return current;
            }
            if (answer.succeeded()) {
                answer.result().ifPresentOrElse(facts -> firstLevel.put(digest, facts), () -> unknown.add(digest));
            }
            return null;
        });
        if (answer.succeeded()) {
            lookup.complete(answer.result());
        } else {
            lookup.fail(answer.cause());
        }
    }

    /** A lookup may have been started by another event loop; its followers go on on their own. */
    private <T> Future<T> onCallersContext(Future<T> future) {
        Context context = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        future.onComplete((value, failure) -> context.runOnContext(ignored -> {
            if (failure == null) {
                promise.complete(value);
            } else {
                promise.fail(failure);
            }
        }));
        return promise.future();
    }

    /** Forgets what this process remembers of the tokens, lookups under way included. */
    public void forget(List<TokenDigest> digests) {
        for (TokenDigest digest : digests) {
            lookups.compute(digest, (key, current) -> {
                firstLevel.invalidate(digest);
                unknown.remove(digest);
                return null;
            });
        }
    }

    /** Forgets everything: the cluster changed, and messages may have been lost. */
    public void forgetAll() {
        lookups.clear();
        firstLevel.invalidateAll();
    }
}
