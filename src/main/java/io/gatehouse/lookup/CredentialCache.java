package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * Caches the state of tokens, keys and groups by digest, shared by the nodes of a cluster. PostgreSQL is the source of truth.
 */
public interface CredentialCache {
    /** The cached state, if any. The caller checks it with {@link ChangeFeedFreshness#isUsable}. */
    Future<Optional<CachedCredential>> get(CredentialDigest digest);

    /**
     * Caches state that was stored or read a moment ago, at some time after this call: a state that is not cached, or not yet,
     * is read from PostgreSQL. It does nothing if the cached state is as new, or if the digest has a tombstone: the read may be
     * older than the invalidation.
     */
    void put(CredentialDigest digest, CachedCredential state);

    /** Replaces the entries by tombstones, which last longer than any read takes. */
    Future<Void> invalidate(List<CredentialDigest> digests);
}
