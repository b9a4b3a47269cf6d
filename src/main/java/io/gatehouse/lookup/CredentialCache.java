package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialDigest;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/**
 * What the nodes of a cluster remember together about tokens, keys and groups: facts by digest, never a verdict. A cache; the truth is in
 * PostgreSQL.
 */
public interface CredentialCache {
    /** The facts remembered, if any; whether they count {@link ChangeFeedFreshness#counts} says. */
    Future<Optional<CachedCredential>> get(CredentialDigest digest);

    /**
     * Remembers what was just stored or read, unless what is remembered of it already is as new, or it was forgotten a
     * moment ago: what was read may be older than what made it untrue.
     */
    Future<Void> put(CredentialDigest digest, CachedCredential state);

    /** Forgets on every node, and refuses to remember them longer than any read takes. */
    Future<Void> invalidate(List<CredentialDigest> digests);
}
