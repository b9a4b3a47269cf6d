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
 * <p><i>Invariant</i>: state that is invalidated during its look-up is not cached. A look-up may cache its result only while it
 * is in {@code lookups}, and an invalidation removes it. Both happen inside {@code compute} of the same key.
 *
 * <p><i>Threading</i>: safe from every event loop.
 */
public final class CredentialLookup<F extends CredentialState> {
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
    private final Function<CredentialDigest, Future<Found<F>>> source;
    /** Looks up a digest in PostgreSQL, past every cache. */
    private final Function<CredentialDigest, Future<Found<F>>> database;

    private final Class<F> kind;
    private final Interner values = new Interner();
    private final LookupCounters counters;

    private final UnknownDigests unknown = new UnknownDigests();
    private final Cache<CredentialDigest, F> processCache;
    private final Policy.FixedExpiration<CredentialDigest, F> ages;
    private final ConcurrentMap<CredentialDigest, Promise<Found<F>>> lookups = new ConcurrentHashMap<>();

    /** The result of a look-up, and whether it is from the shared cache. */
    private record Found<F>(Optional<F> state, boolean shared) {}

    private CredentialLookup(
            Vertx vertx,
            LookupSettings settings,
            Class<F> kind,
            Function<CredentialDigest, Future<Found<F>>> source,
            Function<CredentialDigest, Future<Found<F>>> database) {
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

    /** Creates a look-up that reads the shared cache before it sends a request to an issuer. */
    public static <F extends SharedCredentialState> CredentialLookup<F> shared(
            Vertx vertx, LookupSettings settings, Class<F> kind, CredentialCache shared, IssuerClient issuer) {
        ChangeFeedFreshness freshness = settings.freshness();
        Function<CredentialDigest, Future<Found<F>>> database = digest -> atIssuer(issuer, freshness, kind, digest);
        return new CredentialLookup<>(
                vertx,
                settings,
                kind,
                digest -> shared.get(digest)
                        .otherwise(Optional.empty())
                        .compose(found -> found.filter(cached -> kind.isInstance(cached.state()))
                                .filter(cached -> freshness.isUsable(digest, cached))
                                .map(cached -> refreshed(freshness, kind, digest, cached, database))
                                .orElseGet(() -> database.apply(digest))),
                database);
    }

    /** Reads an old entry again. If no issuer can read it, the entry is used. */
    private static <F extends SharedCredentialState> Future<Found<F>> refreshed(
            ChangeFeedFreshness freshness,
            Class<F> kind,
            CredentialDigest digest,
            CachedCredential cached,
            Function<CredentialDigest, Future<Found<F>>> database) {
        Found<F> found = new Found<>(Optional.of(kind.cast(cached.state())), true);
        return freshness.invalidations().isRecent(cached)
                ? Future.succeededFuture(found)
                : database.apply(digest)
                        .recover(failure -> freshness.isUsable(digest, cached)
                                ? Future.succeededFuture(found)
                                : Future.failedFuture(failure));
    }

    /** Creates a look-up that does not use the shared cache, for state that must not leave the process. */
    public static <F extends CredentialState> CredentialLookup<F> unshared(
            Vertx vertx, LookupSettings settings, Class<F> kind, IssuerClient issuer) {
        Function<CredentialDigest, Future<Found<F>>> database =
                digest -> atIssuer(issuer, settings.freshness(), kind, digest);
        return new CredentialLookup<>(vertx, settings, kind, database, database);
    }

    private static <F extends CredentialState> Future<Found<F>> atIssuer(
            IssuerClient issuer, ChangeFeedFreshness freshness, Class<F> kind, CredentialDigest digest) {
        return issuer.lookup(kind, digest)
                .compose(reply -> reply.cached() && freshness.invalidations().contains(digest)
                        ? Future.failedFuture(new IssuerUnavailable("the issuer has not received an invalidation"))
                        : Future.succeededFuture(
                                new Found<>(Optional.ofNullable(reply.state()).map(kind::cast), false)));
    }

    /** The state in the process cache, or null. Does not wait. */
    public @Nullable F cached(CredentialDigest digest) {
        F state = processCache.getIfPresent(digest);
        if (state == null || !isTrusted(digest)) {
            return null;
        }
        counters.knownToProcess.increment();
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
    public Future<Optional<F>> find(CredentialDigest digest) {
        if (unknown.contains(digest)) {
            counters.unknownToProcess.increment();
            return Future.succeededFuture(Optional.empty());
        }
        if (lookups.size() >= MAX_LOOKUPS) {
            counters.unavailable.increment();
            return Future.failedFuture(new IssuerUnavailable("too many look-ups in flight"));
        }
        Promise<Found<F>> own = Promise.promise();
        Promise<Found<F>> running = lookups.putIfAbsent(digest, own);
        if (running == null) {
            // A stale node may have missed the invalidation of a cached entry.
            Future<Found<F>> result = (freshness.isFresh() ? source : database).apply(digest);
            result.onComplete(done -> finish(digest, own, result));
        }
        return onCallersContext((running == null ? own : running).future())
                .onComplete(this::count)
                .map(Found::state);
    }

    /** Counts each caller, also one that shares the look-up of another. */
    private void count(@Nullable Found<F> found, @Nullable Throwable failure) {
        if (found == null) {
            counters.unavailable.increment();
        } else if (found.state().isEmpty()) {
            counters.unknownToIssuer.increment();
        } else {
            (found.shared() ? counters.knownToCluster : counters.knownToIssuer).increment();
        }
    }

    private void finish(CredentialDigest digest, Promise<Found<F>> lookup, Future<Found<F>> result) {
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

    /** Another event loop may have started the look-up. Each caller continues on its own. */
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

    /** Evicts the digests from this process. Look-ups in flight do not cache their result. */
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
