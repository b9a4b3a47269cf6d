package io.gatehouse.issuer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.gatehouse.credential.CredentialDigest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Caches for a minute that a secret matched a hash, so that a client that often requests tokens pays for the hash once.
 *
 * <p><i>Invariant</i>: an entry is a digest over hash and secret, under a key of this process. A changed hash has another entry.
 */
final class VerifiedSecrets {
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAX_SIZE = 10_000;

    private final SecretKeySpec key;
    private final Cache<UUID, byte[]> verified = Caffeine.newBuilder()
            .maximumSize(MAX_SIZE)
            .expireAfterWrite(Duration.ofMinutes(1))
            .build();

    VerifiedSecrets() {
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        this.key = new SecretKeySpec(random, ALGORITHM);
    }

    /** Names the verification of a secret against a hash. */
    CredentialDigest verification(String hash, String secret) {
        return CredentialDigest.ofBytes(digest(hash, secret));
    }

    boolean contains(UUID secretId, CredentialDigest verification) {
        byte[] known = verified.getIfPresent(secretId);
        return known != null && MessageDigest.isEqual(known, verification.toBytes());
    }

    void add(UUID secretId, CredentialDigest verification) {
        verified.put(secretId, verification.toBytes());
    }

    private byte[] digest(String hash, String secret) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(hash.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return mac.doFinal(secret.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + ALGORITHM, e);
        }
    }
}
