package io.gatehouse.plugin;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Verifies signatures on worker threads, for the keys that are not {@linkplain #isCheap cheap}. The plugins of
 * a node share one, and its issuer has its own.
 *
 * <p>Signers take turns. A signer's pending verifications are at most as many as all signers leave free: half of the limit for one
 * signer, a third each for two. So a flood of forged tokens of one signer neither rejects nor delays the tokens of the others.
 *
 * <p><i>Threading</i>: all event loops share it. A result arrives on the event loop of its request.
 *
 * <p><i>Why</i>: a forged token costs as much as a valid one, 3.8 ms with ES512. 260 of them a second would fill an event loop.
 */
public final class SignatureVerifier {
    /** At 3.8 ms each and two threads, the last one waits for a second. */
    static final int MAX_PENDING = 512;

    /** A verification takes 0.1 ms. */
    private static final int MAX_CHEAP_RSA_BITS = 4_096;
    /** The usual exponent, 65,537, has 17 bits. Each further bit costs as much as one of them. */
    private static final int MAX_CHEAP_EXPONENT_BITS = 32;

    private final Vertx vertx;
    private final WorkerExecutor workers;
    private final ProxyException tooMany = ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(
            new RejectedExecutionException("too many signatures to verify"));
    private final Map<Id, Verification> pending = new HashMap<>();
    private final Map<String, Signer> signers = new HashMap<>();
    /** The signers with waiting verifications: the first one is next. */
    private final Deque<Signer> turns = new ArrayDeque<>();

    private record Id(Object key, CredentialDigest token) {}

    private record Verification(Id id, Signer signer, BooleanSupplier check, Promise<Boolean> result) {}

    private static final class Signer {
        private final String name;
        private final Deque<Verification> waiting = new ArrayDeque<>();
        /** Those that wait and those that run. */
        private int pending;

        private Signer(String name) {
            this.name = name;
        }
    }

    public SignatureVerifier(Vertx vertx) {
        this(vertx, Runtime.getRuntime().availableProcessors());
    }

    SignatureVerifier(Vertx vertx, int threads) {
        this.vertx = vertx;
        this.workers = vertx.createSharedWorkerExecutor("gatehouse-signatures", threads);
    }

    /** Returns whether a verification with the key is short enough for an event loop. */
    public static boolean isCheap(PublicKey key) {
        return key instanceof RSAPublicKey rsa
                && rsa.getModulus().bitLength() <= MAX_CHEAP_RSA_BITS
                && rsa.getPublicExponent().bitLength() <= MAX_CHEAP_EXPONENT_BITS;
    }

    /**
     * Returns whether the signature is valid. Fails with {@link ProxyError#TEMPORARILY_UNAVAILABLE} if too many verifications are
     * pending. Requests with an equal key and the same token at the same time share one verification.
     *
     * @param signer the credential or issuer that the token names, and the network of the client
     */
    public Future<Boolean> verify(String signer, Object key, CredentialDigest token, BooleanSupplier check) {
        Id id = new Id(key, token);
        Verification added;
        synchronized (this) {
            Verification shared = pending.get(id);
            if (shared != null) {
                return RequestContext.here(vertx, shared.result().future());
            }
            Signer known = signers.getOrDefault(signer, new Signer(signer));
            if (known.pending >= MAX_PENDING - pending.size()) {
                return Future.failedFuture(tooMany);
            }
            added = add(known, id, check);
        }
        workers.executeBlocking(this::runNext, false);
        return RequestContext.here(vertx, added.result().future());
    }

    private Verification add(Signer signer, Id id, BooleanSupplier check) {
        Verification added = new Verification(id, signer, check, Promise.promise());
        pending.put(id, added);
        signers.put(signer.name, signer);
        signer.pending++;
        if (signer.waiting.isEmpty()) {
            turns.add(signer);
        }
        signer.waiting.add(added);
        return added;
    }

    /** Runs the verification whose turn it is, on a worker thread: once for each that was added. */
    private boolean runNext() {
        Verification next = next();
        Future<Boolean> result =
                Future.succeededFuture().map(begun -> next.check().getAsBoolean());
        finish(next);
        result.onComplete(next.result());
        return true;
    }

    private synchronized Verification next() {
        Signer signer = turns.remove();
        Verification next = signer.waiting.remove();
        if (!signer.waiting.isEmpty()) {
            turns.add(signer);
        }
        return next;
    }

    private synchronized void finish(Verification done) {
        pending.remove(done.id());
        done.signer().pending--;
        if (done.signer().pending == 0) {
            signers.remove(done.signer().name);
        }
    }
}
