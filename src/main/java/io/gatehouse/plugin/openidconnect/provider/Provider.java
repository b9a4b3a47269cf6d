package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.RequestContext;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.syntax.IpRange;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the tokens of one OpenID provider, whose keys it caches (docs/reference/plugins.md#openid-connect).
 *
 * <p><i>Threading</i>: all event loops share it. Its futures complete on any of them.
 */
public final class Provider {
    /** The sender of a token with which the provider itself has responded. */
    public static final String FROM_PROVIDER = "";

    private static final Logger LOG = LoggerFactory.getLogger(Provider.class);
    /** How long keys stay valid that the provider does not renew. */
    private static final long MAX_STALE = TimeUnit.HOURS.toNanos(1);

    private static final long FIRST_DELAY = TimeUnit.SECONDS.toNanos(1);
    private static final int MAX_DOUBLINGS = 16;
    /** Fetches because of unknown keys in one {@code rediscovery_lifetime}, and in {@link #WINDOW} if that is shorter. */
    private static final int UNKNOWN_KEYS = 2;

    private static final long WINDOW = TimeUnit.SECONDS.toNanos(30);

    private final Vertx vertx;
    private final String issuer;
    private final Discovery discovery;
    private final long lifetime;
    private final SignatureVerifier signatures;
    private final VerifiedTokens verified;
    private final long number;

    private volatile @Nullable KeySet keys;
    private @Nullable Future<KeySet> fetching;
    private int failures;
    private long retryAt = System.nanoTime();
    private long windowStart = System.nanoTime();
    private int unknownInWindow;

    /**
     * @param lifetime in nanoseconds
     * @param number of the provider, among those of {@code verified}
     */
    Provider(
            Vertx vertx,
            String issuer,
            Discovery discovery,
            long lifetime,
            SignatureVerifier signatures,
            VerifiedTokens verified,
            long number) {
        this.vertx = vertx;
        this.issuer = issuer;
        this.discovery = discovery;
        this.lifetime = lifetime;
        this.signatures = signatures;
        this.verified = verified;
        this.number = number;
    }

    /** Returns the cached result of an access token; null without one. It ends when the provider no longer publishes the key. */
    public @Nullable VerifiedToken cached(String token, String requestId) {
        VerifiedToken cached = verified.find(number, token);
        KeySet usable = cached == null ? null : usable(requestId);
        return cached != null && usable != null && usable.keys().contains(cached.key()) ? cached : null;
    }

    /**
     * Verifies an access token of a request. The future completes on the event loop of the request. It fails with {@link InvalidToken},
     * or with another failure if the keys are unavailable or too many verifications are pending.
     */
    public Future<VerifiedToken> verify(String text, Exchange exchange) {
        return verify(
                PresentedJwt.parse(text, PresentedJwt.ACCESS_TOKEN),
                CredentialDigest.of(text),
                IpRange.network(exchange.clientAddress()),
                exchange.requestId());
    }

    /** Caches the result of an access token that was accepted. */
    public void keep(String text, VerifiedToken result) {
        verified.put(number, text, result);
    }

    /**
     * Returns the verified token if it is a JWT of the provider. Empty: any other one, which is opaque. The provider itself has
     * responded with the token.
     */
    public Future<Optional<VerifiedToken>> verifyIfJwt(String text, String requestId) {
        Future<VerifiedToken> checked;
        try {
            PresentedJwt token = PresentedJwt.parse(text, PresentedJwt.ACCESS_TOKEN);
            checked = verify(token, CredentialDigest.of(text), FROM_PROVIDER, requestId);
        } catch (InvalidToken opaque) {
            return Future.succeededFuture(Optional.empty());
        }
        return checked.map(Optional::of)
                .recover(failure -> failure instanceof InvalidToken
                        ? Future.succeededFuture(Optional.empty())
                        : Future.failedFuture(failure));
    }

    /**
     * Verifies a token of any kind.
     *
     * @param digest of the token. Verifications of the same one at the same time are one
     * @param sender the network of the client, or {@link #FROM_PROVIDER}. The verifications of each wait in turn with those of others
     */
    public Future<VerifiedToken> verify(PresentedJwt token, CredentialDigest digest, String sender, String requestId) {
        KeySet current = usable(requestId);
        Future<KeySet> found = (current == null ? fetchOrStale(requestId) : Future.succeededFuture(current))
                .compose(known -> known.find(token) == null
                        ? fetchForUnknownKey(known, requestId)
                        : Future.succeededFuture(known));
        // A fetch may have thousands of waiting requests.
        return RequestContext.here(vertx, found).compose(usable -> verified(usable, token, digest, sender));
    }

    /** Returns what the provider publishes. The future completes on the event loop of the request. */
    public Future<KeySet> published(String requestId) {
        KeySet current = usable(requestId);
        return current != null ? Future.succeededFuture(current) : RequestContext.here(vertx, fetchOrStale(requestId));
    }

    /** Returns the issuer, or the URL of its metadata. */
    public String issuer() {
        return issuer;
    }

    private Future<VerifiedToken> verified(KeySet found, PresentedJwt token, CredentialDigest digest, String sender) {
        VerificationKey key = found.find(token);
        if (key == null) {
            throw new InvalidToken("no key of the issuer fits");
        }
        Future<Boolean> signature = key.isCheap()
                ? Future.succeededFuture(key.isGood(token))
                : signatures.verify(
                        // A flood of forged tokens delays those of its own network alone.
                        "openid-connect " + issuer + " " + sender, key, digest, () -> key.isGood(token));
        return signature.map(isGood -> {
            if (!isGood) {
                throw new InvalidToken("invalid signature");
            }
            return VerifiedToken.of(token, key, found.issuer());
        });
    }

    /**
     * Returns the keys; null if a request has to wait for newer ones. Keys are renewed in the background in time. Once a read has failed,
     * no request waits for the next ones: a provider that does not respond would stall all of them at each read.
     */
    private @Nullable KeySet usable(String requestId) {
        KeySet current = keys;
        if (current == null) {
            return null;
        }
        long age = System.nanoTime() - current.readAt();
        if (age <= lifetime) {
            return current;
        }
        fetch(requestId);
        boolean isRenewed = age <= Math.min(2 * lifetime, lifetime + MAX_STALE);
        return isRenewed || (age <= MAX_STALE && hasFailed()) ? current : null;
    }

    private Future<KeySet> fetchOrStale(String requestId) {
        return fetch(requestId).recover(failure -> {
            KeySet stale = keys;
            return stale != null && System.nanoTime() - stale.readAt() <= MAX_STALE
                    ? Future.succeededFuture(stale)
                    : Future.failedFuture(failure);
        });
    }

    /** A key that rotated a moment ago is read at once. Forged tokens cannot cause more than a few fetches. */
    private Future<KeySet> fetchForUnknownKey(KeySet found, String requestId) {
        KeySet newest = keys;
        if (newest != null && newest.readAt() != found.readAt()) {
            return Future.succeededFuture(newest);
        }
        synchronized (this) {
            if (fetching == null) {
                long now = System.nanoTime();
                if (now - windowStart > Math.min(lifetime, WINDOW)) {
                    windowStart = now;
                    unknownInWindow = 0;
                }
                if (unknownInWindow >= UNKNOWN_KEYS) {
                    return Future.succeededFuture(found);
                }
                unknownInWindow++;
            }
        }
        return fetch(requestId);
    }

    /** Returns whether the last read that has ended failed. */
    private synchronized boolean hasFailed() {
        return failures > 0;
    }

    private synchronized boolean isBackingOff() {
        return failures > 0 && retryAt - System.nanoTime() > 0;
    }

    /** Reads the keys: one fetch at a time, and after failures one fetch per delay. */
    private Future<KeySet> fetch(String requestId) {
        Promise<KeySet> promise = Promise.promise();
        synchronized (this) {
            if (fetching != null) {
                return fetching;
            }
            if (isBackingOff()) {
                return Future.failedFuture(new ProviderFailure("backing off"));
            }
            fetching = promise.future();
        }
        Future.succeededFuture().compose(begun -> discovery.read(keys)).onComplete((read, failure) -> {
            finish(read, failure, requestId);
            if (failure == null) {
                promise.complete(read);
            } else {
                promise.fail(failure);
            }
        });
        return promise.future();
    }

    private synchronized void finish(@Nullable KeySet read, @Nullable Throwable failure, String requestId) {
        fetching = null;
        if (failure == null) {
            if (failures > 0) {
                LOG.info("keys of the OpenID provider are available again issuer={}", issuer);
            }
            failures = 0;
            keys = read;
            return;
        }
        long delay = Math.min(FIRST_DELAY << Math.min(failures, MAX_DOUBLINGS), Math.max(FIRST_DELAY, lifetime));
        failures++;
        retryAt = System.nanoTime() + delay;
        LOG.warn(
                "keys of the OpenID provider cannot be read, retrying in {} s issuer={} reason=\"{}\" request_id={}",
                TimeUnit.NANOSECONDS.toSeconds(delay),
                issuer,
                LogText.oneLine(LogText.of(failure)),
                requestId);
    }
}
