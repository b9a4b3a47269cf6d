package io.gatehouse.issuer.jwt;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import io.gatehouse.config.ClusterTimings;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.SigningKey;
import io.gatehouse.plugin.RequestContext;
import io.gatehouse.session.Sealer;
import io.gatehouse.store.SigningKeyStore;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the keys that sign JWT access tokens: creates the first one when it is needed, and the next one a day before it signs.
 *
 * <p><i>Invariant</i>: PostgreSQL has a private key in encrypted form alone, bound to its {@code kid}. A node that cannot decrypt the
 * keys of the others signs with one of its own.
 *
 * <p><i>Threading</i>: the verticle's event loop. Keys are generated on worker threads.
 */
public final class SigningKeys {
    static final JWSAlgorithm ALGORITHM = JWSAlgorithm.RS256;

    private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);
    private static final String PURPOSE = "signing keys";
    private static final int KEY_BITS = 2_048;

    /** Seconds until the keys are read again. */
    private static final long FRESH_SECONDS = 60;

    /**
     * Likewise, for those who read the published keys. The first key, and that of a node with another secret, sign at once: a verifier
     * that fetches the key of a token may reach another issuer, and caches what it gets.
     */
    private static final long FRESH_PUBLISHED_SECONDS = 1;

    /** A proxy waits for an issuer for {@link ClusterTimings#ISSUER_ATTEMPT_TIMEOUT}. */
    private static final long READ_MILLIS =
            ClusterTimings.ISSUER_ATTEMPT_TIMEOUT.dividedBy(2).toMillis();

    private final Vertx vertx;
    private final SigningKeyStore store;
    private final Supplier<byte[]> secret;
    private final LongSupplier clock;
    private @Nullable Sealer sealer;
    private @Nullable Keys known;
    private @Nullable Future<Keys> reading;

    /**
     * Creates a keeper that has read no key.
     *
     * @param secret the secret from which the encryption of private keys follows; it may read a file
     * @param clock returns seconds since the epoch, by PostgreSQL's clock
     */
    public SigningKeys(Vertx vertx, SigningKeyStore store, Supplier<byte[]> secret, LongSupplier clock) {
        this.vertx = vertx;
        this.store = store;
        this.secret = secret;
        this.clock = clock;
    }

    /** A key that this node has decrypted. */
    record Usable(SigningKey stored, JWSSigner signer) {}

    /** The published keys, and those of them that this node can use; the one that signs last first. */
    private record Keys(List<Map<String, Object>> published, List<Usable> usable, long readAt) {
        Optional<Usable> at(long time) {
            return usable.stream().filter(key -> key.stored().signsAt(time)).findFirst();
        }
    }

    /** Reads the keys, if that is due, and creates the one that signs, if it is missing. */
    Future<Void> prepare() {
        return fresh().mapEmpty();
    }

    /**
     * Returns the key that signs now; fails with {@link IssuerUnavailable} if there is none.
     *
     * <p><i>Why keys of any age</i>: the caller may be in a transaction. If each connection of the pool has one that waits for the keys, their
     * read gets no connection. The caller has called {@link #prepare} before its transaction.
     */
    Future<Usable> current() {
        Keys last = known;
        Optional<Usable> prepared = last == null ? Optional.empty() : last.at(clock.getAsLong());
        return prepared.isPresent()
                ? Future.succeededFuture(prepared.get())
                : fresh().map(keys -> keys.at(clock.getAsLong())
                        .orElseThrow(() -> new IssuerUnavailable("no key signs access tokens")));
    }

    /** Returns the key that signs at a time; the one that signs now, if there was none. Fails likewise. */
    Future<Usable> at(long time) {
        Keys last = known;
        Optional<Usable> prepared = last == null ? Optional.empty() : last.at(time);
        return prepared.isPresent() ? Future.succeededFuture(prepared.get()) : current();
    }

    /**
     * Returns the members of the JWK Set (RFC 7517 §5). If PostgreSQL is unreachable or does not respond, it returns those that were read
     * last.
     */
    public Future<List<Map<String, Object>>> published() {
        Keys before = known;
        Future<Keys> read = fresh(FRESH_PUBLISHED_SECONDS);
        Future<Keys> found = before == null
                ? read
                : RequestContext.here(vertx, read.timeout(READ_MILLIS, TimeUnit.MILLISECONDS))
                        .otherwise(before);
        return found.map(Keys::published);
    }

    private Future<Keys> fresh() {
        return fresh(FRESH_SECONDS);
    }

    /** Returns keys that were read less than so many seconds ago, among them one that signs now. */
    private Future<Keys> fresh(long seconds) {
        long now = clock.getAsLong();
        Keys last = known;
        if (last != null && now - last.readAt() < seconds && last.at(now).isPresent()) {
            return Future.succeededFuture(last);
        }
        Future<Keys> pending = reading;
        if (pending != null && !pending.isComplete()) {
            return pending;
        }
        Future<Keys> started = read(now);
        reading = started;
        return started;
    }

    private Future<Keys> read(long now) {
        return sealer().compose(key ->
                        store.find().map(stored -> opened(stored, key, now)).compose(keys -> completed(keys, key, now)))
                .onSuccess(keys -> known = keys);
    }

    /** Adds the key that signs now, or the next one, if it is missing. */
    private Future<Keys> completed(Keys keys, Sealer key, long now) {
        long from = keys.at(now).map(current -> current.stored().signUntil()).orElse(now);
        boolean isDue = from - now <= SigningKey.PUBLISH_SECONDS;
        return isDue && keys.at(from).isEmpty() ? added(key, from, now) : Future.succeededFuture(keys);
    }

    private Future<Keys> added(Sealer key, long from, long now) {
        return vertx.executeBlocking(() -> generated(key, from), false)
                .compose(generated -> store.add(
                        generated, stored -> opened(stored, key, now).at(from).isEmpty()))
                .map(stored -> {
                    Keys keys = opened(stored, key, now);
                    keys.at(from)
                            .ifPresent(next -> LOG.info(
                                    "JWT access tokens are signed by the key kid={} from={}",
                                    next.stored().id(),
                                    from));
                    return keys;
                });
    }

    private static SigningKey generated(Sealer key, long from) throws JOSEException {
        RSAKey pair = new RSAKeyGenerator(KEY_BITS)
                .keyUse(KeyUse.SIGNATURE)
                .algorithm(ALGORITHM)
                .keyIDFromThumbprint(true)
                .generate();
        byte[] sealed = key.seal(pair.toJSONString().getBytes(StandardCharsets.UTF_8), place(pair.getKeyID()));
        return new SigningKey(
                pair.getKeyID(),
                pair.toPublicJWK().toJSONString(),
                Base64.getEncoder().encodeToString(sealed),
                from,
                from + SigningKey.SIGN_SECONDS);
    }

    private static Keys opened(List<SigningKey> stored, Sealer key, long now) {
        List<Map<String, Object>> published = new ArrayList<>();
        List<Usable> usable = new ArrayList<>();
        for (SigningKey one : stored) {
            try {
                published.add(JWK.parse(one.publicKey()).toPublicJWK().toJSONObject());
                opened(one, key).ifPresent(usable::add);
            } catch (ParseException | JOSEException e) {
                LOG.warn("the signing key {} cannot be read; it signs nothing: {}", one.id(), LogText.of(e));
            }
        }
        return new Keys(List.copyOf(published), List.copyOf(usable), now);
    }

    /** Empty if the key is encrypted by another secret, or for another {@code kid}. */
    private static Optional<Usable> opened(SigningKey stored, Sealer key) throws ParseException, JOSEException {
        byte[] sealed;
        try {
            sealed = Base64.getDecoder().decode(stored.sealedPrivateKey());
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
        Optional<byte[]> opened = key.open(sealed, place(stored.id()));
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        RSAKey pair = RSAKey.parse(new String(opened.get(), StandardCharsets.UTF_8));
        return Optional.of(new Usable(stored, new RSASSASigner(pair)));
    }

    private static byte[] place(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    private Future<Sealer> sealer() {
        Sealer derived = sealer;
        return derived != null
                ? Future.succeededFuture(derived)
                : vertx.executeBlocking(() -> Sealer.of(secret.get(), PURPOSE), false)
                        .onSuccess(made -> sealer = made)
                        .recover(failure -> {
                            LOG.warn(
                                    "the secret of the signing keys cannot be read; no access token is signed: {}",
                                    LogText.of(failure));
                            return Future.failedFuture(new IssuerUnavailable("no secret for signing keys"));
                        });
    }
}
