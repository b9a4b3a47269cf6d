package io.gatehouse.plugin.oauth2.dpop;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.ProvenKey;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.replay.ProofsUnavailable;
import io.gatehouse.replay.UsedProofs;
import io.gatehouse.syntax.IpRange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks the DPoP proofs of requests (RFC 9449 §4.3): first what is cheap, then the signature, then that the proof is used once. A
 * node has one instance.
 *
 * <p>Fails with {@code invalid_dpop_proof}, with {@code use_dpop_nonce} and a new nonce in the response, with {@code slow_down} if a token
 * has too many proofs, or with {@code temporarily_unavailable}.
 *
 * <p><i>Threading</i>: safe from every event loop. A result arrives on the event loop of its request.
 */
public final class Proofs {
    private static final Logger LOG = LoggerFactory.getLogger(Proofs.class);

    /** The most a request waits until a new memory of used proofs accepts new nonces. */
    private static final long MAX_WAIT_MILLIS = 2_000;

    private final Optional<Nonces> nonces;
    private final NonceTimes times;
    private final UsedProofs used;
    private final SignatureVerifier signatures;
    private final LongSupplier clock;

    /** A proof that is valid, except that it may have been used, and when its nonce was made. */
    private record Valid(Proof proof, long made) {}

    /**
     * Checks proofs with these.
     *
     * @param secret of the cluster, from which nonces follow; empty: there is none, and no proof is accepted
     * @param clock milliseconds since the epoch, by PostgreSQL's clock
     */
    public Proofs(
            Vertx vertx, Optional<byte[]> secret, UsedProofs used, SignatureVerifier signatures, LongSupplier clock) {
        this.nonces = secret.map(key -> new Nonces(key, clock));
        this.times = new NonceTimes(vertx, clock, MAX_WAIT_MILLIS);
        this.used = used;
        this.signatures = signatures;
        this.clock = clock;
    }

    /** Whether the cluster has a secret, without which no proof is accepted. */
    public boolean isAvailable() {
        return nonces.isPresent();
    }

    /** Returns whether a request has a proof, of whatever form. */
    public static boolean isIn(Exchange exchange) {
        return !exchange.headers(DpopProfile.HEADER).isEmpty();
    }

    /**
     * Returns the key of the proof of a request to one of the plugin's endpoints. The issuer checks that the proof is used once, when it
     * has authenticated the client.
     *
     * @param origins under which the client may send the request
     */
    public Future<ProvenKey> keyOf(Exchange exchange, Set<String> origins) {
        String network = IpRange.network(exchange.clientAddress());
        return check(exchange, origins, null, null, network)
                .map(valid -> new ProvenKey(valid.proof.thumbprint(), valid.proof.id(), acceptedUntil(valid)));
    }

    private static long acceptedUntil(Valid valid) {
        // A node whose clock is late accepts the nonce for longer.
        return valid.made / 1_000 + DpopProfile.NONCE_LIFE.toSeconds() + 2 * DpopProfile.NONCE_LEEWAY.toSeconds();
    }

    /**
     * Uses the proof of an API call.
     *
     * @param origins under which the client may send the request
     * @param token the digest of the access token
     * @param thumbprint of the key that the token is bound to
     * @param clientId of the token's client
     */
    public Future<Void> use(
            Exchange exchange, Set<String> origins, CredentialDigest token, String thumbprint, String clientId) {
        // A thief of a token, without its key, can send forged proofs of its client.
        String signer = clientId + " " + IpRange.network(exchange.clientAddress());
        return check(exchange, origins, token, thumbprint, signer)
                .compose(valid -> used.use(token, valid.proof.id(), valid.made, clock.getAsLong()))
                .compose(use -> result(use, exchange, clientId))
                .recover(Proofs::failed);
    }

    private Future<Void> result(UsedProofs.Use use, Exchange exchange, String clientId) {
        return switch (use.verdict()) {
            case ACCEPTED -> Future.succeededFuture();
            case REPLAYED -> {
                LOG.warn(
                        "request {} presents a DPoP proof of client {} again: it is refused",
                        exchange.requestId(),
                        clientId);
                yield invalid("The DPoP proof has been used");
            }
            case QUOTA_EXCEEDED ->
                Future.failedFuture(OAuth2Error.SLOW_DOWN.because("Too many proofs of this token have not expired"));
            case TOO_OLD -> challengeAfter(exchange, use.since());
        };
    }

    /** A memory that has just been made accepts nonces that are newer than it is. */
    private <T> Future<T> challengeAfter(Exchange exchange, long since) {
        return times.after(since)
                .compose(time -> challenge(exchange, nonces.orElseThrow().at(time)));
    }

    private static <T> Future<T> failed(Throwable failure) {
        return Future.failedFuture(
                failure instanceof ProofsUnavailable || failure instanceof ProxyException ? unavailable() : failure);
    }

    private static OAuth2Exception unavailable() {
        return OAuth2Error.TEMPORARILY_UNAVAILABLE.because("The DPoP proof cannot be checked now");
    }

    private static <T> Future<T> invalid(String description) {
        return Future.failedFuture(OAuth2Error.INVALID_DPOP_PROOF.because(description));
    }

    /** RFC 9449 §8.2, §9. */
    private static <T> Future<T> challenge(Exchange exchange, String nonce) {
        offer(exchange, nonce);
        return Future.failedFuture(
                OAuth2Error.USE_DPOP_NONCE.because("The DPoP proof needs the nonce of this response"));
    }

    private static void offer(Exchange exchange, String nonce) {
        // §8.2: a cache must not give it to another request.
        exchange.editResponseHead(
                headers -> headers.set(DpopProfile.NONCE_HEADER, nonce).set("Cache-Control", "no-store"));
    }

    /**
     * Checks everything but the use.
     *
     * @param token that the request has; null: none
     * @param thumbprint of the key that has to sign; null: any
     * @param signer whose expensive verifications wait in turn with those of others
     */
    private Future<Valid> check(
            Exchange exchange,
            Set<String> origins,
            @Nullable CredentialDigest token,
            @Nullable String thumbprint,
            String signer) {
        if (nonces.isEmpty()) {
            return Future.failedFuture(unavailable());
        }
        List<String> headers = exchange.headers(DpopProfile.HEADER);
        if (headers.size() != 1) {
            return invalid(headers.isEmpty() ? "A DPoP proof is required" : "More than one DPoP header");
        }
        Optional<Proof> parsed = Proof.parse(headers.get(0).trim());
        if (parsed.isEmpty()) {
            return invalid("The DPoP proof is malformed, or its type, key or algorithm is not supported");
        }
        Proof proof = parsed.get();
        String claim = proof.invalidClaim(new Proof.Use(exchange.method(), origins, exchange.path(), token));
        if (claim != null) {
            return invalid("Invalid claim of the DPoP proof: " + claim);
        }
        if (thumbprint != null && !thumbprint.equals(proof.thumbprint())) {
            return invalid("The DPoP proof is not of the key that the access token is bound to");
        }
        String nonce = proof.nonce();
        long made = nonce == null ? Nonces.INVALID : nonces.get().madeAt(nonce);
        if (made == Nonces.INVALID) {
            // The client may send its request once more, and not twice.
            return token == null
                    ? challenge(exchange, nonces.get().next())
                    : used.since(token, clock.getAsLong()).compose(since -> challengeAfter(exchange, since));
        }
        return isSigned(proof, signer).compose(isSigned -> {
            if (!isSigned) {
                return invalid("Invalid signature of the DPoP proof");
            }
            if (nonces.get().isOld(made)) {
                offer(exchange, nonces.get().next());
            }
            return Future.succeededFuture(new Valid(proof, made));
        });
    }

    private Future<Boolean> isSigned(Proof proof, String signer) {
        return SignatureVerifier.isCheap(proof.key())
                ? Future.succeededFuture(proof.isSigned())
                // A flood of forged proofs delays those of its own network alone.
                : signatures
                        .verify("dpop " + signer, proof.key(), proof.digest(), proof::isSigned)
                        .recover(Proofs::failed);
    }
}
