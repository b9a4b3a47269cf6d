package io.gatehouse.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.CredentialState;
import io.gatehouse.credential.SharedCredentialState;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Looks up the state of a credential: in the process cache, in the shared cache, at an issuer. Runs for every proxied request
 * with a credential.
 *
 * <p>Each node has one instance for each kind, so that a token that equals a key is looked up as a token.
 *
 * <p><i>Invariant</i>: state that is invalidated during its lookup is not cached. A lookup may cache its result only while it
 * is in {@code lookups}, and an invalidation removes it. Both happen inside {@code compute} of the same key.
 *
 * <p><i>Threading</i>: safe from every event loop.
 */
public final class CredentialLookup<S extends CredentialState> {
    /**
     * Bounds the memory for credentials that are not used any more. {@link ChangeFeedFreshness} bounds the effect of a lost
     * message.
     */
    private static final Duration PROCESS_CACHE_AGE = Duration.ofMinutes(10);

    /** Digests in flight at the same time. Beyond this many, the cluster does not respond. */
    private static final int MAX_LOOKUPS = 10_000;

    private final Vertx vertx;
    private final ChangeFeedFreshness freshness;
    /** Looks up a digest that is not in the process cache. */
    private final Function<CredentialDigest, Future<Found<S>>> source;
    /** Looks up a digest in PostgreSQL, past every cache. */
    private final Function<CredentialDigest, Future<Found<S>>> database;

    private final Class<S> kind;
    private final Interner values = new Interner();
    private final LookupCounters counters;

    private final UnknownDigests unknown = new UnknownDigests();
    private final Cache<CredentialDigest, S> processCache;
    private final Policy.FixedExpiration<CredentialDigest, S> ages;
    private final ConcurrentMap<CredentialDigest, Promise<Found<S>>> lookups = new ConcurrentHashMap<>();

    /** The result of a lookup, and whether it is from the shared cache. */
    private record Found<S>(Optional<S> state, boolean shared) {}

    private CredentialLookup(
            Vertx vertx,
            LookupSettings settings,
            Class<S> kind,
            Function<CredentialDigest, Future<Found<S>>> source,
            Function<CredentialDigest, Future<Found<S>>> database) {
        this.vertx = vertx;
        this.freshness = settings.freshness();
        this.counters = new LookupCounters(settings.metrics(), CredentialState.Kind.of(kind));
        this.kind = kind;
        this.source = source;
        this.database = database;
        this.processCache = Caffeine.newBuilder()
                .maximumSize(settings.size())
                .ticker(freshness::nanos)
                .expireAfterWrite(PROCESS_CACHE_AGE)
                .build();
        this.ages = processCache.policy().expireAfterWrite().orElseThrow();
    }

    /** Creates a lookup that reads the shared cache before it sends a request to an issuer. */
    public static <S extends SharedCredentialState> CredentialLookup<S> shared(
            Vertx vertx, LookupSettings settings, Class<S> kind, CredentialCache shared, IssuerClient issuer) {
        ChangeFeedFreshness freshness = settings.freshness();
        Function<CredentialDigest, Future<Found<S>>> database = digest -> atIssuer(issuer, freshness, kind, digest);
        return new CredentialLookup<>(
                vertx,
                settings,
                kind,
                digest -> started(digest, shared::get)
                        .otherwise(Optional.empty())
                        .compose(found -> found.filter(cached -> kind.isInstance(cached.state()))
                                .filter(cached -> freshness.isUsable(digest, cached))
                                .map(cached -> refreshed(freshness, kind, digest, cached, database))
                                .orElseGet(() -> database.apply(digest))),
                database);
    }

    /** Starts a lookup. A member of the cluster that has ended throws instead of failing the future. */
    private static <T> Future<T> started(CredentialDigest digest, Function<CredentialDigest, Future<T>> lookup) {
        return Future.succeededFuture(digest).compose(lookup);
    }

    /** Reads an old entry again. If no issuer can read it, the entry is used. */
    private static <S extends SharedCredentialState> Future<Found<S>> refreshed(
            ChangeFeedFreshness freshness,
            Class<S> kind,
            CredentialDigest digest,
            CachedCredential cached,
            Function<CredentialDigest, Future<Found<S>>> database) {
        Found<S> found = new Found<>(Optional.of(kind.cast(cached.state())), true);
        return freshness.invalidations().isRecent(cached)
                ? Future.succeededFuture(found)
                : database.apply(digest)
                        .recover(failure -> freshness.isUsable(digest, cached)
                                ? Future.succeededFuture(found)
                                : Future.failedFuture(failure));
    }

    /** Creates a lookup that does not use the shared cache, for state that must not leave the process. */
    public static <S extends CredentialState> CredentialLookup<S> unshared(
            Vertx vertx, LookupSettings settings, Class<S> kind, IssuerClient issuer) {
        Function<CredentialDigest, Future<Found<S>>> database =
                digest -> atIssuer(issuer, settings.freshness(), kind, digest);
        return new CredentialLookup<>(vertx, settings, kind, database, database);
    }

    private static <S extends CredentialState> Future<Found<S>> atIssuer(
            IssuerClient issuer, ChangeFeedFreshness freshness, Class<S> kind, CredentialDigest digest) {
        return issuer.lookup(kind, digest)
                .compose(reply -> reply.cached() && freshness.invalidations().contains(digest)
                        ? Future.failedFuture(new IssuerUnavailable("the issuer has not received an invalidation"))
                        : Future.succeededFuture(
                                new Found<>(Optional.ofNullable(reply.state()).map(kind::cast), false)));
    }

    /** The state in the process cache, or null. Does not wait. */
    public @Nullable S cached(CredentialDigest digest) {
        S state = processCache.getIfPresent(digest);
        if (state == null || !isTrusted(digest)) {
            return null;
        }
        counters.foundInProcess.increment();
        return state;
    }

    private boolean isTrusted(CredentialDigest digest) {
        return switch (freshness.trust()) {
            case ALL -> true;
            case RECENT ->
                ages.ageOf(digest, TimeUnit.NANOSECONDS).orElse(Long.MAX_VALUE)
                        <= ClusterTimings.RECENT_LOOKUP.toNanos();
            case NOTHING -> false;
        };
    }

    /** The time to compare expiry with: seconds since the epoch, by the clock that stamped the credential. */
    public long epochSeconds() {
        return freshness.epochSeconds();
    }

    /**
     * Looks up the state of a credential. Empty: no credential has that digest. Completes on the caller's context. Fails with
     * {@link IssuerUnavailable} if no issuer responds.
     */
    public Future<Optional<S>> find(CredentialDigest digest) {
        if (unknown.contains(digest)) {
            counters.unknownInProcess.increment();
            return Future.succeededFuture(Optional.empty());
        }
        if (lookups.size() >= MAX_LOOKUPS) {
            counters.unavailable.increment();
            return Future.failedFuture(new IssuerUnavailable("too many lookups in flight"));
        }
        Promise<Found<S>> own = Promise.promise();
        Promise<Found<S>> running = lookups.putIfAbsent(digest, own);
        if (running == null) {
            // A stale node may have missed the invalidation of a cached entry.
            Future<Found<S>> result = started(digest, freshness.isFresh() ? source : database);
            result.onComplete(done -> finish(digest, own, result));
        }
        return onCallersContext((running == null ? own : running).future())
                .onComplete(this::count)
                .map(Found::state);
    }

    /** Counts each caller, also one that shares the lookup of another. */
    private void count(@Nullable Found<S> found, @Nullable Throwable failure) {
        if (found == null) {
            counters.unavailable.increment();
        } else if (found.state().isEmpty()) {
            counters.unknownAtIssuer.increment();
        } else {
            (found.shared() ? counters.foundInShared : counters.foundAtIssuer).increment();
        }
    }

    private void finish(CredentialDigest digest, Promise<Found<S>> lookup, Future<Found<S>> result) {
        lookups.computeIfPresent(digest, (key, current) -> {
            if (current != lookup) {
                return current;
            }
            if (result.succeeded()) {
                result.result()
                        .state()
                        .ifPresentOrElse(
                                state -> processCache.put(digest, kind.cast(state.of(values))),
                                () -> unknown.add(digest));
            }
            return null;
        });
        if (result.succeeded()) {
            lookup.complete(result.result());
        } else {
            lookup.fail(result.cause());
        }
    }

    /** Another event loop may have started the lookup. Each caller continues on its own. */
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

    /** Evicts the digests from this process. Lookups in flight do not cache their result. */
    public void invalidate(List<CredentialDigest> digests) {
        for (CredentialDigest digest : digests) {
            lookups.compute(digest, (key, current) -> {
                processCache.invalidate(digest);
                unknown.remove(digest);
                return null;
            });
        }
    }

    /** Evicts everything but the unknown digests, which expire within a second. */
    public void invalidateAll() {
        lookups.clear();
        processCache.invalidateAll();
    }
}
