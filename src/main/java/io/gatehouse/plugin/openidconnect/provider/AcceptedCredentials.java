package io.gatehouse.plugin.openidconnect.provider;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import com.github.benmanes.caffeine.cache.Scheduler;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.RequestContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Caches which credentials providers accept and reject. Requests with the same credential at the same time share one check. One for each
 * node.
 *
 * <p><i>Invariant</i>: it contains no credential of a client. Its keys are codes with a random key of the process, so that a copy of the
 * cache alone does not allow a search for passwords.
 *
 * <p><i>Threading</i>: all event loops share it. A result arrives on the event loop of its request.
 */
public final class AcceptedCredentials {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    /** Bytes of the accepted ones. Docs: docs/reference/limits.md#plugins. */
    private static final long MAX_BYTES =
            Math.min(64 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 64);
    /** Of a result without claims and tokens. */
    static final int RESULT_BYTES = 1_500;
    /** Of the claims that one character of a response can become: a short nested array needs the most. */
    static final int BYTES_PER_CHARACTER = 8;

    static final int MAX_REJECTED = 10_000;
    /** A credential that is presented again and again costs one check in this time. */
    private static final Duration REJECTED_LIFE = Duration.ofSeconds(5);

    private final Vertx vertx;
    /** Of each thread. Creating and initialising one costs more than using it. */
    private final ThreadLocal<Mac> mac;

    /** Rejected credentials do not evict accepted ones. */
    private final Cache<CredentialDigest, Entry> accepted;

    private final Cache<CredentialDigest, Boolean> rejected = Caffeine.newBuilder()
            .maximumSize(MAX_REJECTED)
            .expireAfterWrite(REJECTED_LIFE)
            .build();
    private final Map<CredentialDigest, Promise<Accepted>> pending = new HashMap<>();

    private record Entry(Accepted result, Duration life) {}

    AcceptedCredentials(Vertx vertx) {
        this(vertx, MAX_BYTES);
    }

    /** {@code maxBytes} is the estimated memory of the accepted ones. */
    AcceptedCredentials(Vertx vertx, long maxBytes) {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        this.vertx = vertx;
        SecretKeySpec secret = new SecretKeySpec(random, ALGORITHM);
        this.mac = ThreadLocal.withInitial(() -> mac(secret));
        this.accepted = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((CredentialDigest key, Entry entry) ->
                        RESULT_BYTES + BYTES_PER_CHARACTER * entry.result().characters())
                .expireAfter(Expiry.writing((CredentialDigest key, Entry entry) -> entry.life()))
                // To wake another thread for each request would cost more than the work. Once a second, the scheduler
                // does it.
                .scheduler(Scheduler.systemScheduler())
                .executor(Runnable::run)
                .build();
    }

    /** Returns the key of a credential: of all its parts in order, such as an owner of the result, a username and a password. */
    public CredentialDigest key(String... parts) {
        Mac code = mac.get();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            // With its length, no part can contain the beginning of the next one.
            code.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
            code.update(bytes);
        }
        // It begins again with the same secret.
        return CredentialDigest.ofBytes(code.doFinal());
    }

    private static Mac mac(SecretKeySpec secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    /**
     * Returns the cached result for a credential, or checks it. Fails with {@link InvalidToken} if the provider rejects it, and with
     * the failure of {@code check} if the provider does not decide.
     */
    public Future<Accepted> find(CredentialDigest key, CacheTimes times, Supplier<Future<Accepted>> check) {
        Future<Accepted> cached = cached(key);
        if (cached != null) {
            return cached;
        }
        Promise<Accepted> own = Promise.promise();
        synchronized (this) {
            Promise<Accepted> shared = pending.get(key);
            if (shared != null) {
                return RequestContext.here(vertx, shared.future());
            }
            // A check that ended after the first look has cached its result. A provider may accept the credential only
            // once.
            Future<Accepted> ended = cached(key);
            if (ended != null) {
                return ended;
            }
            pending.put(key, own);
        }
        Future<Accepted> here = RequestContext.here(vertx, own.future());
        Future.succeededFuture().compose(begun -> check.get()).onComplete((result, failure) -> {
            keep(key, times, result, failure);
            synchronized (this) {
                pending.remove(key);
            }
            if (failure == null) {
                own.complete(result);
            } else {
                own.fail(failure);
            }
        });
        return here;
    }

    /** Returns the cached result for a credential; null without one. */
    private @Nullable Future<Accepted> cached(CredentialDigest key) {
        Entry entry = accepted.getIfPresent(key);
        if (entry != null) {
            return Future.succeededFuture(entry.result());
        }
        return rejected.getIfPresent(key) == null
                ? null
                : Future.failedFuture(new InvalidToken("the provider has rejected it a moment ago"));
    }

    private void keep(CredentialDigest key, CacheTimes times, @Nullable Accepted result, @Nullable Throwable failure) {
        if (result != null) {
            Duration life = times.life(result);
            if (!life.isZero()) {
                accepted.put(key, new Entry(result, life));
            }
        } else if (failure instanceof InvalidToken && times.isEnabled()) {
            rejected.put(key, true);
        }
    }

    /** Returns the number of accepted credentials. */
    long size() {
        accepted.cleanUp();
        return accepted.estimatedSize();
    }
}
