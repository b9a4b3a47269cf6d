package io.gatehouse.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy;
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
 * Finds out what is known of what a request shows: this process's first level, the cluster's shared cache, an issuer. Runs
 * for every proxied request with a credential. One of each kind for each node, safe from every event loop; the kinds are
 * apart, so that a token that happens to read like the key of another kind is looked up as the token it is.
 *
 * <p>Nothing that was forgotten while it was being looked up is remembered: a lookup keeps its right to remember only as
 * long as it stands in {@code lookups}, and forgetting takes it out.
 */
public final class CredentialLookup<F extends CredentialState> {
    /**
     * Bounds what a proxy holds of credentials nobody uses any more. What a lost message can do {@link ChangeFeedFreshness}
     * bounds.
     */
    private static final Duration FIRST_LEVEL_AGE = Duration.ofMinutes(10);

    /** Different digests asked about at once; beyond this the cluster is not answering. */
    private static final int MAX_LOOKUPS = 10_000;

    private final Vertx vertx;
    private final ChangeFeedFreshness contact;
    /** Beyond the first level. */
    private final Function<CredentialDigest, Future<Found<F>>> source;
    /** Who asks PostgreSQL, past everything remembered. */
    private final Function<CredentialDigest, Future<Found<F>>> truth;

    private final Class<F> kind;
    private final Interner values = new Interner();
    private final LookupCounters counters;

    private final UnknownDigests unknown = new UnknownDigests();
    private final Cache<CredentialDigest, F> firstLevel;
    private final Policy.FixedExpiration<CredentialDigest, F> ages;
    private final ConcurrentMap<CredentialDigest, Promise<Found<F>>> lookups = new ConcurrentHashMap<>();

    /** What was found, and whether the shared cache had it. */
    private record Found<F>(Optional<F> state, boolean shared) {}

    private CredentialLookup(
            Vertx vertx,
            LookupSettings settings,
            Class<F> kind,
            Function<CredentialDigest, Future<Found<F>>> source,
            Function<CredentialDigest, Future<Found<F>>> truth) {
        this.vertx = vertx;
        this.contact = settings.contact();
        this.counters = new LookupCounters(settings.metrics(), CredentialState.Kind.of(kind));
        this.kind = kind;
        this.source = source;
        this.truth = truth;
        this.firstLevel = Caffeine.newBuilder()
                .maximumSize(settings.size())
                .ticker(contact::nanos)
                .expireAfterWrite(FIRST_LEVEL_AGE)
                .build();
        this.ages = firstLevel.policy().expireAfterWrite().orElseThrow();
    }

    /** Looks in the shared cache before it asks an issuer. */
    public static <F extends SharedCredentialState> CredentialLookup<F> shared(
            Vertx vertx, LookupSettings settings, Class<F> kind, CredentialCache shared, IssuerClient issuer) {
        ChangeFeedFreshness contact = settings.contact();
        Function<CredentialDigest, Future<Found<F>>> truth = digest -> atIssuer(issuer, contact, kind, digest);
        return new CredentialLookup<>(
                vertx,
                settings,
                kind,
                digest -> shared.get(digest)
                        .otherwise(Optional.empty())
                        .compose(found -> found.filter(cached -> kind.isInstance(cached.state()))
                                .filter(cached -> contact.counts(digest, cached))
                                .map(cached -> checked(contact, kind, digest, cached, truth))
                                .orElseGet(() -> truth.apply(digest))),
                truth);
    }

    /** An entry that was read long ago is read again; it does where no issuer can. */
    private static <F extends SharedCredentialState> Future<Found<F>> checked(
            ChangeFeedFreshness contact,
            Class<F> kind,
            CredentialDigest digest,
            CachedCredential cached,
            Function<CredentialDigest, Future<Found<F>>> truth) {
        Found<F> found = new Found<>(Optional.of(kind.cast(cached.state())), true);
        return contact.invalidations().isRecent(cached)
                ? Future.succeededFuture(found)
                : truth.apply(digest)
                        .recover(failure -> contact.counts(digest, cached)
                                ? Future.succeededFuture(found)
                                : Future.failedFuture(failure));
    }

    /** Asks an issuer at once: for facts that must not rest outside the process. */
    public static <F extends CredentialState> CredentialLookup<F> unshared(
            Vertx vertx, LookupSettings settings, Class<F> kind, IssuerClient issuer) {
        Function<CredentialDigest, Future<Found<F>>> truth =
                digest -> atIssuer(issuer, settings.contact(), kind, digest);
        return new CredentialLookup<>(vertx, settings, kind, truth, truth);
    }

    private static <F extends CredentialState> Future<Found<F>> atIssuer(
            IssuerClient issuer, ChangeFeedFreshness contact, Class<F> kind, CredentialDigest digest) {
        return issuer.lookup(kind, digest)
                .compose(reply -> reply.cached() && contact.invalidations().contains(digest)
                        ? Future.failedFuture(new IssuerUnavailable("the issuer has not received an invalidation"))
                        : Future.succeededFuture(
                                new Found<>(Optional.ofNullable(reply.state()).map(kind::cast), false)));
    }

    /** The facts this process remembers, or null; at once. */
    public @Nullable F cached(CredentialDigest digest) {
        F state = firstLevel.getIfPresent(digest);
        if (state == null || !isTrusted(digest)) {
            return null;
        }
        counters.knownToProcess.increment();
        return state;
    }

    private boolean isTrusted(CredentialDigest digest) {
        return switch (contact.trust()) {
            case ALL -> true;
            case RECENT ->
                ages.ageOf(digest, TimeUnit.NANOSECONDS).orElse(Long.MAX_VALUE) <= ChangeFeedFreshness.RECENT.toNanos();
            case NOTHING -> false;
        };
    }

    /** The time facts are to be held against: seconds since the epoch, by the clock that stamped them. */
    public long epochSeconds() {
        return contact.epochSeconds();
    }

    /**
     * The facts, from wherever they are; empty when there is nothing of that digest. Completes on the caller's context.
     * Fails with {@link IssuerUnavailable} when nobody can tell.
     */
    public Future<Optional<F>> find(CredentialDigest digest) {
        if (unknown.contains(digest)) {
            counters.unknownToProcess.increment();
            return Future.succeededFuture(Optional.empty());
        }
        if (lookups.size() >= MAX_LOOKUPS) {
            counters.unavailable.increment();
            return Future.failedFuture(new IssuerUnavailable("too many lookups under way"));
        }
        Promise<Found<F>> mine = Promise.promise();
        Promise<Found<F>> running = lookups.putIfAbsent(digest, mine);
        if (running == null) {
            // Cut off: what anybody remembers may have become untrue unheard.
            Future<Found<F>> answer = (contact.isFresh() ? source : truth).apply(digest);
            answer.onComplete(done -> finish(digest, mine, answer));
        }
        return onCallersContext((running == null ? mine : running).future())
                .onComplete(this::count)
                .map(Found::state);
    }

    /** Everybody who asked, those who shared another's lookup too. */
    private void count(@Nullable Found<F> found, @Nullable Throwable failure) {
        if (found == null) {
            counters.unavailable.increment();
        } else if (found.state().isEmpty()) {
            counters.unknownToIssuer.increment();
        } else {
            (found.shared() ? counters.knownToCluster : counters.knownToIssuer).increment();
        }
    }

    private void finish(CredentialDigest digest, Promise<Found<F>> lookup, Future<Found<F>> answer) {
        lookups.computeIfPresent(digest, (key, current) -> {
            if (current != lookup) {
                return current;
            }
            if (answer.succeeded()) {
                answer.result()
                        .state()
                        .ifPresentOrElse(
                                state -> firstLevel.put(digest, kind.cast(state.of(values))),
                                () -> unknown.add(digest));
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

    /** Forgets what this process remembers of the digests, lookups under way included. */
    public void invalidate(List<CredentialDigest> digests) {
        for (CredentialDigest digest : digests) {
            lookups.compute(digest, (key, current) -> {
                firstLevel.invalidate(digest);
                unknown.remove(digest);
                return null;
            });
        }
    }

    /** Forgets everything: the cluster changed, and messages may have been lost. */
    public void invalidateAll() {
        lookups.clear();
        firstLevel.invalidateAll();
    }
}
