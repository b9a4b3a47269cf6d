package io.gatehouse.issuer;

import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.HashedSecret;
import io.gatehouse.store.TokenStore;
import io.gatehouse.syntax.LogText;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Compares a client's secret: in clear at once and in constant time, hashed on threads of its own, bounded in number. */
final class SecretVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(SecretVerifier.class);
    /** At 6.5 ms each and two threads, the last of the queue waits well under a second. */
    private static final int MAX_QUEUED = 200;

    private final WorkerExecutor workers;
    private final TokenStore tokens;
    private final VerifiedSecrets verified = new VerifiedSecrets();
    private final AtomicInteger queued = new AtomicInteger();

    SecretVerifier(Vertx vertx, TokenStore tokens) {
        this.workers = vertx.createSharedWorkerExecutor(
                "gatehouse-secrets", Runtime.getRuntime().availableProcessors());
        this.tokens = tokens;
    }

    /** Whether the secret is the client's. Fails with {@link IssuerUnavailable} when too many wait already. */
    Future<Boolean> verify(Client client, String secret) {
        String expected = client.clientSecret();
        if (expected == null) {
            return Future.succeededFuture(false);
        }
        Optional<HashedSecret> hashed = HashedSecret.parse(expected);
        if (hashed.isEmpty()) {
            return Future.succeededFuture(HashedSecret.equal(expected, secret));
        }
        if (verified.contains(client.credentialId(), expected, secret)) {
            return Future.succeededFuture(true);
        }
        if (queued.incrementAndGet() > MAX_QUEUED) {
            queued.decrementAndGet();
            return Future.failedFuture(new IssuerUnavailable("too many secrets to verify"));
        }
        return workers.executeBlocking(() -> hashed.get().matches(secret), false)
                .onComplete(done -> queued.decrementAndGet())
                .onSuccess(matches -> {
                    if (matches) {
                        verified.add(client.credentialId(), expected, secret);
                    }
                    if (matches && hashed.get().isOutdated()) {
                        rehash(client, secret);
                    }
                });
    }

    /** The clear secret is at hand only now, so an old hash is replaced now; nobody has to wait for it. */
    private void rehash(Client client, String secret) {
        workers.executeBlocking(() -> HashedSecret.of(secret).phc(), false)
                .compose(phc -> tokens.replaceSecret(client, phc))
                .onFailure(failure ->
                        LOG.warn("cannot renew the hash of client {}: {}", client.clientId(), LogText.of(failure)));
    }
}
