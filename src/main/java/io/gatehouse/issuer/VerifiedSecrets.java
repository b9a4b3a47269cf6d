package io.gatehouse.issuer;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Remembers for a minute that a secret matched a hash, so that a client that fetches tokens often pays for the hash once.
 * What rests here is a digest under a key that dies with the process, over hash and secret together: another hash is
 * another entry, so a changed secret is forgotten by itself.
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

    boolean contains(UUID credentialId, String hash, String secret) {
        byte[] known = verified.getIfPresent(credentialId);
        return known != null && MessageDigest.isEqual(known, digest(hash, secret));
    }

    void add(UUID credentialId, String hash, String secret) {
        verified.put(credentialId, digest(hash, secret));
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
