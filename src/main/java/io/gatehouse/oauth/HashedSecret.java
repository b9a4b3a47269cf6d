package io.gatehouse.oauth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * Hashes client secrets and verifies them, in the form of Kong (docs/reference/oauth2.md#entities): a PHC string
 * {@code $pbkdf2-sha512$i=10000,l=32$<salt>$<hash>}, in base64 without padding.
 *
 * <p><i>Threading</i>: worker threads. Hashing and verifying take milliseconds of CPU.
 */
public final class HashedSecret {
    private static final int ITERATIONS = 10_000;
    private static final int HASH_BYTES = 32;
    private static final int SALT_BYTES = 16;
    /** Bounds of an imported hash. */
    private static final int MAX_ITERATIONS = 1_000_000;

    private static final int MAX_HASH_BYTES = 64;
    private static final Pattern PHC = Pattern.compile(
            "\\$pbkdf2-sha512\\$i=(\\d{1,7}),l=(\\d{1,3})\\$([A-Za-z0-9+/]{1,128})\\$([A-Za-z0-9+/]{1,128})");
    private static final SecureRandom RANDOM = new SecureRandom();

    private final int iterations;
    private final byte[] salt;
    private final byte[] hash;

    private HashedSecret(int iterations, byte[] salt, byte[] hash) {
        this.iterations = iterations;
        this.salt = salt;
        this.hash = hash;
    }

    /** Hashes a secret in clear with a new salt. */
    public static HashedSecret of(String secret) {
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        return new HashedSecret(ITERATIONS, salt, derive(secret, salt, ITERATIONS, HASH_BYTES));
    }

    /** Reads a PHC string; empty if the text is none, and so a secret in clear. */
    public static Optional<HashedSecret> parse(String text) {
        Matcher matcher = PHC.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int iterations = Integer.parseInt(matcher.group(1));
        byte[] salt;
        byte[] hash;
        try {
            salt = Base64.getDecoder().decode(matcher.group(3));
            hash = Base64.getDecoder().decode(matcher.group(4));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean sane = iterations > 0
                && iterations <= MAX_ITERATIONS
                && hash.length >= 16
                && hash.length <= MAX_HASH_BYTES
                && hash.length == Integer.parseInt(matcher.group(2));
        return sane ? Optional.of(new HashedSecret(iterations, salt, hash)) : Optional.empty();
    }

    /** Whether the secret is the one that was hashed, in constant time. */
    public boolean matches(String secret) {
        return MessageDigest.isEqual(hash, derive(secret, salt, iterations, hash.length));
    }

    /** Whether the hash has other parameters than a new one. */
    public boolean isOutdated() {
        return iterations != ITERATIONS || hash.length != HASH_BYTES || salt.length != SALT_BYTES;
    }

    /** The PHC string. */
    public String phc() {
        Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
        return "$pbkdf2-sha512$i=" + iterations + ",l=" + hash.length + "$" + base64.encodeToString(salt) + "$"
                + base64.encodeToString(hash);
    }

    /** Compares two secrets in clear in constant time. */
    public static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] derive(String secret, byte[] salt, int iterations, int length) {
        try {
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(new PBEKeySpec(secret.toCharArray(), salt, iterations, length * 8))
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has PBKDF2WithHmacSHA512", e);
        }
    }

    @Override
    public String toString() {
        return "HashedSecret[" + iterations + " iterations]";
    }
}
