package io.gatehouse.issuer;

import io.gatehouse.credential.CredentialDigest;
import java.security.SecureRandom;
import java.util.Locale;
import java.util.UUID;

/**
 * A code that a resource owner types (RFC 8628 §6.1): eight consonants without vowels and digits, so that it spells no word and no
 * letter is taken for another. There are 2.56 · 10¹⁰.
 */
record UserCode(String letters) {
    private static final String ALPHABET = "BCDFGHJKLMNPQRSTVWXZ";
    private static final int LENGTH = 8;
    private static final SecureRandom RANDOM = new SecureRandom();

    static UserCode next() {
        StringBuilder letters = new StringBuilder(LENGTH);
        for (int i = 0; i < LENGTH; i++) {
            letters.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
        }
        return new UserCode(letters.toString());
    }

    /** Reads what an owner has typed: in any case, with or without the hyphen. */
    static UserCode typed(String text) {
        return new UserCode(text.toUpperCase(Locale.ROOT).replaceAll("[^A-Z]", ""));
    }

    /** As the device shows it. */
    String shown() {
        return letters.substring(0, LENGTH / 2) + "-" + letters.substring(LENGTH / 2);
    }

    /** Codes of different plugins may be equal. */
    CredentialDigest digest(UUID pluginId) {
        return CredentialDigest.of("user " + pluginId + " " + letters);
    }

    @Override
    public String toString() {
        return "UserCode";
    }
}
