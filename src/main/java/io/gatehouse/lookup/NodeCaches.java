package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialDigest;
import java.util.List;

/** Applies invalidations to every cache of this node: of tokens, keys, JWT credentials and groups. */
public final class NodeCaches {
    private final Invalidations invalidations;
    private final List<CredentialLookup<?>> lookups;

    public NodeCaches(ChangeFeedFreshness freshness, List<CredentialLookup<?>> lookups) {
        this.invalidations = freshness.invalidations();
        this.lookups = List.copyOf(lookups);
    }

    /** Adds to the invalidations first, so that a lookup after the eviction finds its digest among them. */
    public void invalidate(List<CredentialDigest> digests) {
        invalidations.add(digests);
        lookups.forEach(lookup -> lookup.invalidate(digests));
    }

    public void invalidateAll() {
        invalidations.addAll();
        lookups.forEach(CredentialLookup::invalidateAll);
    }
}
