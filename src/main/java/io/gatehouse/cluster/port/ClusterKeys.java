package io.gatehouse.cluster.port;

import io.gatehouse.config.ClusterConfig;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.SCrypt;
import org.jspecify.annotations.Nullable;

/**
 * Derives the key material of a cluster, one identity for each purpose. No identity can be computed from another.
 *
 * <p>With {@code cluster.secret}, scrypt (RFC 7914) stretches the secret, because a guess can be compared with the public key
 * that every member presents. Without a secret, the identities follow from {@code cluster.name} alone: they keep out other
 * software, not an attacker. A node without a cluster uses a random key.
 */
public final class ClusterKeys {
    /** 16 MiB and five passes, which OWASP rates as equal to 128 MiB and one pass. A small container cannot spare 128 MiB. */
    private static final int COST = 1 << 14;

    private static final int BLOCK = 8;
    private static final int PASSES = 5;
    private static final int ROOT_BYTES = 32;
    /** Raised when a derivation changes, so that old and new nodes have different keys. */
    private static final String DOMAIN = "gatehouse cluster 2\n";

    private final byte[] root;
    private final boolean isSecret;
    /** Whether the next start derives the same keys. */
    private final boolean isLasting;

    private ClusterKeys(byte[] root, boolean isSecret, boolean isLasting) {
        this.root = root;
        this.isSecret = isSecret;
        this.isLasting = isLasting;
    }

    /** Derives the keys. With a secret, this takes half a second of one core or more, so it must not run on an event loop. */
    public static ClusterKeys of(ClusterConfig config) {
        if (!config.enabled()) {
            byte[] root = new byte[ROOT_BYTES];
            new SecureRandom().nextBytes(root);
            return new ClusterKeys(root, true, false);
        }
        return new ClusterKeys(root(config.name(), config.secret()), config.secret() != null, true);
    }

    private static byte[] root(String name, @Nullable String secret) {
        byte[] salt = (DOMAIN + name).getBytes(StandardCharsets.UTF_8);
        return secret == null
                ? hmac(salt, "no secret")
                : SCrypt.generate(secret.getBytes(StandardCharsets.UTF_8), salt, COST, BLOCK, PASSES, ROOT_BYTES);
    }

    /** The key pair and certificate by which members authenticate on the event bus. */
    public Identity eventBus() {
        return Identity.of(hmac(root, DOMAIN + "event bus"));
    }

    /** The key pair and certificate by which members authenticate on the member port. */
    public Identity memberPort() {
        return Identity.of(hmac(root, DOMAIN + "member port"));
    }

    /** The secret of browser sessions; empty for a cluster without {@code cluster.secret}, whose keys are no secret. */
    public Optional<byte[]> sessions() {
        return isSecret ? Optional.of(hmac(root, DOMAIN + "sessions")) : Optional.empty();
    }

    /** The secret of the nonces of proofs; empty likewise. */
    public Optional<byte[]> nonces() {
        return isSecret ? Optional.of(hmac(root, DOMAIN + "nonces")) : Optional.empty();
    }

    /**
     * The secret that encrypts the keys of JWT access tokens; empty if it would not be secret, or not survive a restart. A node without
     * it has a secret of its own.
     */
    public Optional<byte[]> signingKeys() {
        return isSecret && isLasting ? Optional.of(hmac(root, DOMAIN + "signing keys")) : Optional.empty();
    }

    private static byte[] hmac(byte[] key, String purpose) {
        try {
            Mac mac = Mac.getInstance("HmacSHA384");
            mac.init(new SecretKeySpec(key, "HmacSHA384"));
            return mac.doFinal(purpose.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA384", e);
        }
    }
}
