package io.gatehouse.issuer;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the secrets of clients: a stored clear one at once and in constant time, a stored hash on worker threads.
 *
 * <p><i>Threading</i>: the verticle's event loop.
 */
final class SecretVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(SecretVerifier.class);
    /** At 6.5 ms each and two threads, the last one waits for less than a second. */
    private static final int MAX_PENDING = 200;

    private final WorkerExecutor workers;
    private final BiFunction<Client, String, Future<Void>> replaceHash;
    private final VerifiedSecrets verified = new VerifiedSecrets();
    private final Map<CredentialDigest, Future<Boolean>> pending = new HashMap<>();

    /** {@code replaceHash} stores another PHC string of the same secret. */
    SecretVerifier(Vertx vertx, BiFunction<Client, String, Future<Void>> replaceHash) {
        this.workers = vertx.createSharedWorkerExecutor(
                "gatehouse-secrets", Runtime.getRuntime().availableProcessors());
        this.replaceHash = replaceHash;
    }

    /**
     * Whether one of the secrets is the client's. Fails with {@code slow_down} if too many have failed, and with
     * {@link IssuerUnavailable} if too many verifications are pending.
     */
    Future<Boolean> verify(Client client, List<String> secrets, FailedSecrets.Attempts attempts) {
        String expected = client.clientSecret();
        if (expected == null || secrets.isEmpty()) {
            return Future.succeededFuture(false);
        }
        return HashedSecret.parse(expected)
                .map(hash -> verifyHashed(client, hash, expected, secrets, attempts))
                .orElseGet(() -> verifyClear(expected, secrets, attempts));
    }

    private static Future<Boolean> verifyClear(String expected, List<String> secrets, FailedSecrets.Attempts attempts) {
        if (!attempts.begin()) {
            return slowDown();
        }
        boolean isRight = false;
        for (String secret : secrets) {
            isRight |= HashedSecret.equal(expected, secret);
        }
        attempts.end(isRight);
        return Future.succeededFuture(isRight);
    }

    private Future<Boolean> verifyHashed(
            Client client, HashedSecret hash, String expected, List<String> secrets, FailedSecrets.Attempts attempts) {
        List<CredentialDigest> verifications = secrets.stream()
                .map(secret -> verified.verification(expected, secret))
                .toList();
        for (CredentialDigest verification : verifications) {
            if (verified.contains(client.credentialId(), verification)) {
                return Future.succeededFuture(true);
            }
        }
        // Requests with the same secret at once share one verification, so that a right secret is not refused.
        CredentialDigest all = verified.verification(expected, String.join("\0", secrets));
        Future<Boolean> shared = pending.get(all);
        if (shared != null) {
            return shared;
        }
        if (!attempts.begin()) {
            return slowDown();
        }
        if (pending.size() >= MAX_PENDING) {
            attempts.end(true);
            return Future.failedFuture(new IssuerUnavailable("too many secrets to verify"));
        }
        Future<Boolean> verification = firstMatch(hash, secrets)
                .map(match -> {
                    if (match >= 0) {
                        verified.add(client.credentialId(), verifications.get(match));
                        if (hash.isOutdated()) {
                            rehash(client, secrets.get(match));
                        }
                    }
                    return match >= 0;
                })
                .onComplete(done -> {
                    pending.remove(all);
                    attempts.end(done.succeeded() && done.result());
                });
        if (!verification.isComplete()) {
            pending.put(all, verification);
        }
        return verification;
    }

    /** The place of the secret that matches, or -1. */
    private Future<Integer> firstMatch(HashedSecret hash, List<String> secrets) {
        return workers.executeBlocking(
                () -> {
                    for (int i = 0; i < secrets.size(); i++) {
                        if (hash.matches(secrets.get(i))) {
                            return i;
                        }
                    }
                    return -1;
                },
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
    private void rehash(Client client, String secret) {
        hash(secret)
                .compose(phc -> replaceHash.apply(client, phc))
                .onFailure(failure ->
                        LOG.warn("cannot renew the hash of client {}: {}", client.clientId(), LogText.of(failure)));
    }
}
