package io.gatehouse.lookup;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.credential.CredentialDigest;
import java.time.Duration;

/** Caches digests without a credential for a second, so that a flood of random tokens does not reach PostgreSQL. */
final class UnknownDigests {
    /** docs/reference/oauth2.md#credential-states: at most one second. */
    private static final Duration LIFE = Duration.ofSeconds(1);

    private static final int MAX_SIZE = 10_000;

    private final Cache<CredentialDigest, Boolean> unknown =
            Caffeine.newBuilder().maximumSize(MAX_SIZE).expireAfterWrite(LIFE).build();

    boolean contains(CredentialDigest digest) {
        return unknown.getIfPresent(digest) != null;
    }

    void add(CredentialDigest digest) {
        unknown.put(digest, true);
    }

    void remove(CredentialDigest digest) {
        unknown.invalidate(digest);
    }
}
