package io.gatehouse.session;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and authenticates content with AES-256-GCM. Immutable.
 *
 * <p><i>Why a key for each message</i>: random nonces of 96 bits are safe for 2^32 messages of one key, and anyone can cause cookies to
 * be sealed. The key of a message follows from 128 random bits.
 */
public final class Sealer {
    private static final String HMAC = "HmacSHA256";
    private static final byte[] EXTRACT_SALT = "gatehouse sealer 1".getBytes(StandardCharsets.US_ASCII);
    private static final int SALT_BYTES = 16;
    private static final int NONCE_BYTES = 12;
    private static final int HEAD_BYTES = SALT_BYTES + NONCE_BYTES;
    private static final int TAG_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private final byte[] key;

    private Sealer(byte[] key) {
        this.key = key;
    }

    /** Derives the key of a purpose from a secret (HKDF, RFC 5869). No purpose's key can be computed from another's. */
    public static Sealer of(byte[] secret, String purpose) {
        byte[] pseudorandom = hmac(EXTRACT_SALT, secret);
        byte[] info = purpose.getBytes(StandardCharsets.UTF_8);
        byte[] block = Arrays.copyOf(info, info.length + 1);
        block[info.length] = 1;
        return new Sealer(hmac(pseudorandom, block));
    }

    /** Seals content for a place, such as the key of its entry. */
    public byte[] seal(byte[] content, byte[] place) {
        byte[] sealed = new byte[HEAD_BYTES + content.length + TAG_BYTES];
        byte[] head = new byte[HEAD_BYTES];
        RANDOM.nextBytes(head);
        System.arraycopy(head, 0, sealed, 0, HEAD_BYTES);
        try {
            cipher(Cipher.ENCRYPT_MODE, sealed, place).doFinal(content, 0, content.length, sealed, HEAD_BYTES);
            return sealed;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has AES in GCM", e);
        }
    }

    /** Returns the content; empty if it was not sealed with this key and for this place. */
    public Optional<byte[]> open(byte[] sealed, byte[] place) {
        if (sealed.length < HEAD_BYTES + TAG_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    cipher(Cipher.DECRYPT_MODE, sealed, place).doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES));
        } catch (GeneralSecurityException forged) {
            return Optional.empty();
        }
    }

    /** Seals text as a value of a cookie. */
    public String sealText(String text) {
        byte[] sealed = seal(text.getBytes(StandardCharsets.UTF_8), new byte[0]);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(sealed);
    }

    /** Returns the text; empty if the value of the cookie was not sealed with this key. */
    public Optional<String> openText(String value) {
        byte[] sealed;
        try {
            sealed = Base64.getUrlDecoder().decode(value);
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
        return open(sealed, new byte[0]).map(content -> new String(content, StandardCharsets.UTF_8));
    }

    private Cipher cipher(int mode, byte[] sealed, byte[] place) throws GeneralSecurityException {
        byte[] messageKey = hmac(key, Arrays.copyOf(sealed, SALT_BYTES));
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(
                mode,
                new SecretKeySpec(messageKey, "AES"),
                new GCMParameterSpec(8 * TAG_BYTES, sealed, SALT_BYTES, NONCE_BYTES));
        cipher.updateAAD(place);
        return cipher;
    }

    private static byte[] hmac(byte[] key, byte[] message) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java runtime has HmacSHA256", e);
        }
    }
}
