package io.gatehouse.issuer;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientSecret;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the secrets of clients: a stored clear one at once and in constant time, a stored hash on worker threads.
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
final class SecretVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(SecretVerifier.class);
    /** Hashes. At 6.5 ms each and two threads, the last one waits for less than a second. */
    private static final int MAX_PENDING = 200;

    private final WorkerExecutor workers;
    private final BiFunction<ClientSecret, String, Future<Void>> replaceHash;
    private final VerifiedSecrets verified = new VerifiedSecrets();
    private final Map<CredentialDigest, Future<Boolean>> pending = new HashMap<>();
    private int pendingHashes;

    /** {@code replaceHash} stores another PHC string of the same secret. */
    SecretVerifier(Vertx vertx, BiFunction<ClientSecret, String, Future<Void>> replaceHash) {
        this.workers = vertx.createSharedWorkerExecutor(
                "gatehouse-secrets", Runtime.getRuntime().availableProcessors());
        this.replaceHash = replaceHash;
    }

    /** A stored hash and a secret that may match it. */
    private record Candidate(ClientSecret stored, HashedSecret hash, String secret) {
        @Override
        public String toString() {
            return "Candidate[" + stored + "]";
        }
    }

    /**
     * Whether one of the secrets is one of the client's. Fails with {@code slow_down} if too many have failed, and with
     * {@link IssuerUnavailable} if too many verifications are pending.
     */
    Future<Boolean> verify(Client client, List<String> secrets, FailedSecrets.Attempts attempts) {
        if (client.secrets().isEmpty() || secrets.isEmpty()) {
            return Future.succeededFuture(false);
        }
        List<String> clear = new ArrayList<>();
        List<Candidate> hashed = new ArrayList<>();
        for (ClientSecret stored : client.secrets()) {
            Optional<HashedSecret> hash = HashedSecret.parse(stored.value());
            hash.ifPresentOrElse(
                    parsed -> secrets.forEach(secret -> hashed.add(new Candidate(stored, parsed, secret))),
                    () -> clear.add(stored.value()));
        }
        return hashed.isEmpty()
                ? verifyClear(clear, secrets, attempts)
                : verifyHashed(client, clear, hashed, secrets, attempts);
    }

    private static Future<Boolean> verifyClear(
            List<String> expected, List<String> secrets, FailedSecrets.Attempts attempts) {
        if (!attempts.begin()) {
            return slowDown();
        }
        boolean isRight = isOneOf(expected, secrets);
        attempts.end(isRight);
        return Future.succeededFuture(isRight);
    }

    /** Compares each with each, so that the time does not depend on which of them are equal. */
    private static boolean isOneOf(List<String> expected, List<String> secrets) {
        boolean isRight = false;
        for (String one : expected) {
            for (String secret : secrets) {
                isRight |= HashedSecret.equal(one, secret);
            }
        }
        return isRight;
    }

    private Future<Boolean> verifyHashed(
            Client client,
            List<String> clear,
            List<Candidate> hashed,
            List<String> secrets,
            FailedSecrets.Attempts attempts) {
        for (Candidate candidate : hashed) {
            if (verified.contains(candidate.stored().id(), verification(candidate))) {
                return Future.succeededFuture(true);
            }
        }
        // Requests with the same secret at once share one verification, so that a right secret is not refused.
        String expected = client.secrets().stream().map(ClientSecret::value).collect(Collectors.joining("\0"));
        CredentialDigest all = verified.verification(expected, String.join("\0", secrets));
        Future<Boolean> shared = pending.get(all);
        if (shared != null) {
            return shared;
        }
        if (!attempts.begin()) {
            return slowDown();
        }
        if (isOneOf(clear, secrets)) {
            attempts.end(true);
            return Future.succeededFuture(true);
        }
        // With two secrets and two readings of a header (ClientCredentials.secretsOf), there are four.
        if (pendingHashes + hashed.size() > MAX_PENDING) {
            attempts.end(true);
            return Future.failedFuture(new IssuerUnavailable("too many secrets to verify"));
        }
        pendingHashes += hashed.size();
        Future<Boolean> verification = firstMatch(hashed)
                .map(match -> {
                    match.ifPresent(candidate -> {
                        verified.add(candidate.stored().id(), verification(candidate));
                        if (candidate.hash().isOutdated()) {
                            rehash(client, candidate);
                        }
                    });
                    return match.isPresent();
                })
                .onComplete(done -> {
                    pending.remove(all);
                    pendingHashes -= hashed.size();
                    attempts.end(done.succeeded() && done.result());
                });
        if (!verification.isComplete()) {
            pending.put(all, verification);
        }
        return verification;
    }

    private CredentialDigest verification(Candidate candidate) {
        return verified.verification(candidate.stored().value(), candidate.secret());
    }

    private Future<Optional<Candidate>> firstMatch(List<Candidate> hashed) {
        return workers.executeBlocking(
                () -> hashed.stream()
                        .filter(candidate -> candidate.hash().matches(candidate.secret()))
                        .findFirst(),
                false);
    }

    private static Future<Boolean> slowDown() {
        return Future.failedFuture(
                OAuth2Error.SLOW_DOWN.because("Too many failed attempts to authenticate this client"));
    }

    /** The PHC string of a new secret. */
    Future<String> hash(String secret) {
        return workers.executeBlocking(() -> HashedSecret.of(secret).phc(), false);
    }

    /** An authentication has the clear secret, which a new hash needs. The client does not wait for it. */
    private void rehash(Client client, Candidate candidate) {
        hash(candidate.secret())
                .compose(phc -> replaceHash.apply(candidate.stored(), phc))
                .onFailure(failure ->
                        LOG.warn("cannot renew the hash of client {}: {}", client.clientId(), LogText.of(failure)));
    }
}
