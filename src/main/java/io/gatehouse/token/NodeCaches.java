package io.gatehouse.token;

import io.gatehouse.oauth.TokenDigest;
import java.util.List;

/** Everything this node caches of tokens, keys and groups: the one place where an invalidation arrives. */
public final class NodeCaches {
    private final Invalidations invalidations;
    private final List<FactsLookup<?>> lookups;

    public NodeCaches(DatabaseContact contact, List<FactsLookup<?>> lookups) {
        this.invalidations = contact.invalidations();
        this.lookups = List.copyOf(lookups);
    }

    /** In this order: a look-up that starts after its digest was evicted finds it among the invalid ones. */
    void invalidate(List<TokenDigest> digests) {
        invalidations.add(digests);
        lookups.forEach(lookup -> lookup.forget(digests));
    }

    void invalidateAll() {
        invalidations.addAll();
        lookups.forEach(FactsLookup::forgetAll);
    }
}
