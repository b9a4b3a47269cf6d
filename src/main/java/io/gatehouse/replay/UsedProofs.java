package io.gatehouse.replay;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;

/**
 * Stores which proofs have been used with a token, so that each is accepted once in the whole cluster (RFC 9449 §11.1).
 *
 * <p><i>Invariant</i>: a proof is accepted after it is stored, and only if the memory has existed for longer than the nonce of the proof.
 * So a memory that was lost accepts no proof that it may have accepted before.
 *
 * <p><i>Threading</i>: safe from every event loop. A future completes on the event loop of its caller.
 */
public interface UsedProofs {
    /** The result of presenting a proof. */
    enum Verdict {
        ACCEPTED,
        /** The proof was used with the token before. */
        REPLAYED,
        /** The token has as many unexpired proofs as it may have. */
        QUOTA_EXCEEDED,
        /** The nonce was made before this memory. */
        TOO_OLD
    }

    /**
     * Pairs a verdict with the age of the memory.
     *
     * @param since milliseconds since the epoch. A nonce that is made later is not too old
     */
    record Use(Verdict verdict, long since) {}

    /**
     * Uses a proof with a token. Fails with {@link ProofsUnavailable} if the memory is unavailable, or if this side of a partition has no
     * majority.
     *
     * @param proof identifies the proof among those of the token
     * @param nonceMillis when its nonce was made, in milliseconds since the epoch
     * @param nowMillis the time, by the same clock
     */
    Future<Use> use(CredentialDigest token, CredentialDigest proof, long nonceMillis, long nowMillis);

    /** Returns since when the memory exists for a token, in milliseconds since the epoch. Makes it if it does not exist. Fails likewise. */
    default Future<Long> since(CredentialDigest token, long nowMillis) {
        // A nonce of the beginning of time is too old for every memory.
        return use(token, token, 0, nowMillis).map(Use::since);
    }
}
