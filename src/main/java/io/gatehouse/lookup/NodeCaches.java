package io.gatehouse.lookup;

import io.gatehouse.credential.CredentialDigest;
import java.util.List;

/** Everything this node caches of tokens, keys and groups: the one place where an invalidation arrives. */
public final class NodeCaches {
    private final Invalidations invalidations;
    private final List<CredentialLookup<?>> lookups;

    public NodeCaches(ChangeFeedFreshness contact, List<CredentialLookup<?>> lookups) {
        this.invalidations = contact.invalidations();
        this.lookups = List.copyOf(lookups);
    }

    /** In this order: a look-up that starts after its digest was evicted finds it among the invalid ones. */
    public void invalidate(List<CredentialDigest> digests) {
        invalidations.add(digests);
        lookups.forEach(lookup -> lookup.invalidate(digests));
    }

    public void invalidateAll() {
        invalidations.addAll();
        lookups.forEach(CredentialLookup::invalidateAll);
    }
}
