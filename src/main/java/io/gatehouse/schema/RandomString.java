package io.gatehouse.schema;

import java.math.BigInteger;
import java.security.SecureRandom;

/**
 * Generates tokens, codes, client ids and secrets: 32 characters of {@code [A-Za-z0-9]}, each drawn uniformly.
 *
 * <p><i>Why</i>: 190 bits exceed the 160 bits that RFC 6749 §10.10 recommends.
 */
public final class RandomString {
    private static final char[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".toCharArray();
    private static final int LENGTH = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    private RandomString() {}

    public static String next() {
        char[] text = new char[LENGTH];
        byte[] bytes = new byte[LENGTH + LENGTH / 4];
        int filled = 0;
        while (filled < LENGTH) {
            RANDOM.nextBytes(bytes);
            for (int i = 0; i < bytes.length && filled < LENGTH; i++) {
                int candidate = bytes[i] & 0x3f;
                // A value beyond the alphabet is drawn again. A remainder would favour the first letters.
                if (candidate < ALPHABET.length) {
                    text[filled++] = ALPHABET[candidate];
                }
            }
        }
        return new String(text);
    }

    /** Derives a text of the same form from 32 random bytes. The remainder of their 256 bits has 190 bits. */
    public static String of(byte[] random) {
        BigInteger rest = new BigInteger(1, random);
        char[] text = new char[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            BigInteger[] quotientAndRemainder = rest.divideAndRemainder(BigInteger.valueOf(ALPHABET.length));
            rest = quotientAndRemainder[0];
            text[i] = ALPHABET[quotientAndRemainder[1].intValue()];
        }
        return new String(text);
    }
}
