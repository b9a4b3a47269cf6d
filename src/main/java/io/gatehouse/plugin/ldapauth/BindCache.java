package io.gatehouse.plugin.ldapauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Expiry;
import io.gatehouse.credential.CredentialDigest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Caches which credentials LDAP servers accepted and rejected. One for each node.
 *
 * <p><i>Invariant</i>: it contains no password. Its keys are codes with a random key of the process, so that a copy of the cache
 * alone does not allow a search for passwords.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
final class BindCache {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int KEY_BYTES = 32;
    /** Of a cached result: the digest, the duration and Caffeine's node. */
    private static final int ENTRY_BYTES = 256;
    /** Clients decide how many there are. Docs: docs/reference/limits.md#plugins. */
    private static final long MAX_BYTES =
            Math.min(16 * 1024 * 1024, Runtime.getRuntime().maxMemory() / 128);

    private final SecretKeySpec secret;
    /** How long each result is valid. Wrong passwords do not evict accepted ones. */
    private final Cache<CredentialDigest, Duration> accepted;

    private final Cache<CredentialDigest, Duration> rejected;

    BindCache() {
        this(MAX_BYTES / ENTRY_BYTES);
    }

    /** {@code maxEntries} is the limit of each kind. */
    BindCache(long maxEntries) {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        this.secret = new SecretKeySpec(random, ALGORITHM);
        this.accepted = cache(maxEntries);
        this.rejected = cache(maxEntries);
    }

    private static Cache<CredentialDigest, Duration> cache(long maxEntries) {
        return Caffeine.newBuilder()
                .maximumSize(maxEntries)
                .expireAfter(Expiry.writing((CredentialDigest key, Duration lifetime) -> lifetime))
                .build();
    }

    /** Returns the key of a credential. Different servers have different numbers. */
    CredentialDigest key(long server, PresentedCredential credential) {
        byte[] username = credential.username().getBytes(StandardCharsets.UTF_8);
        byte[] head = ByteBuffer.allocate(Long.BYTES + Integer.BYTES)
                .putLong(server)
                .putInt(username.length)
                .array();
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            mac.update(head);
            mac.update(username);
            return CredentialDigest.ofBytes(mac.doFinal(credential.password()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }

    /** Returns whether the server accepted the credential; null if no valid result is cached. */
    @Nullable
    Boolean find(CredentialDigest key) {
        if (accepted.getIfPresent(key) != null) {
            return true;
        }
        return rejected.getIfPresent(key) == null ? null : false;
    }

    void put(CredentialDigest key, boolean isAccepted, Duration lifetime) {
        if (!lifetime.isZero()) {
            (isAccepted ? accepted : rejected).put(key, lifetime);
        }
    }

    /** Returns the number of results. */
    long size() {
        accepted.cleanUp();
        rejected.cleanUp();
        return accepted.estimatedSize() + rejected.estimatedSize();
    }
}
