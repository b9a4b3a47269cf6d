package io.gatehouse.plugin.oauth2.dpop;

import io.gatehouse.oauth.DpopProfile;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks the nonces of proofs (RFC 9449 §8). A nonce is the time at which it was made with an HMAC by the secret of the
 * cluster, so that every node accepts it for {@link DpopProfile#NONCE_LIFE} and nothing is stored.
 *
 * <p><i>Threading</i>: immutable.
 */
final class Nonces {
    /** The time of a nonce that is not valid. */
    static final long INVALID = -1;

    private static final String HMAC = "HmacSHA256";
    private static final int MAC_BYTES = 16;
    private static final int BYTES = Long.BYTES + MAC_BYTES;
    private static final int CHARACTERS = BYTES / 3 * 4;
    private static final long LIFE_MILLIS = DpopProfile.NONCE_LIFE.toMillis();
    private static final long LEEWAY_MILLIS = DpopProfile.NONCE_LEEWAY.toMillis();

    private final SecretKeySpec key;
    private final LongSupplier clock;

    /** {@code clock} returns milliseconds since the epoch, by PostgreSQL's clock. */
    Nonces(byte[] secret, LongSupplier clock) {
        this.key = new SecretKeySpec(secret, HMAC);
        this.clock = clock;
    }

    /** Makes a nonce of 32 characters. */
    String next() {
        return at(clock.getAsLong());
    }

    /** Makes a nonce of a time, in milliseconds since the epoch. */
    String at(long millis) {
        byte[] time = ByteBuffer.allocate(Long.BYTES).putLong(millis).array();
        byte[] nonce = Arrays.copyOf(time, BYTES);
        System.arraycopy(mac(time), 0, nonce, Long.BYTES, MAC_BYTES);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(nonce);
    }

    /** Returns when a nonce was made; {@link #INVALID} if no node of this cluster has made it, or it has expired. */
    long madeAt(String nonce) {
        if (nonce.length() != CHARACTERS) {
            return INVALID;
        }
        byte[] bytes;
        try {
            bytes = Base64.getUrlDecoder().decode(nonce);
        } catch (IllegalArgumentException malformed) {
            return INVALID;
        }
        byte[] time = Arrays.copyOf(bytes, Long.BYTES);
        byte[] given = Arrays.copyOfRange(bytes, Long.BYTES, BYTES);
        if (!MessageDigest.isEqual(given, Arrays.copyOf(mac(time), MAC_BYTES))) {
            return INVALID;
        }
        long made = ByteBuffer.wrap(time).getLong();
        long age = clock.getAsLong() - made;
        return age >= -LEEWAY_MILLIS && age < LIFE_MILLIS ? made : INVALID;
    }

    /** Whether a client should use another nonce soon: so few requests fail because their nonce has expired. */
    boolean isOld(long made) {
        return clock.getAsLong() - made > LIFE_MILLIS / 2;
    }

    private byte[] mac(byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(key);
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has " + HMAC, e);
        }
    }
}
