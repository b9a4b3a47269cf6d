package io.gatehouse.plugin.ldapauth;

import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.Text;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Holds the username and the password of a request. */
final class PresentedCredential {
    /** Bytes of the username, and of the password. */
    static final int MAX_BYTES = 1_024;

    private final String username;
    /** The bytes as the client sent them. */
    private final byte[] password;

    /** Keeps {@code password} itself, without a copy that would stay in memory. */
    PresentedCredential(String username, byte[] password) {
        this.username = username;
        this.password = password;
    }

    /** Returns whether the value of a header is of the scheme. */
    static boolean isOf(String header, String scheme) {
        return HeaderValue.credentials(header, scheme) != null;
    }

    /** Reads the value of a header; null if it is none of the scheme, or malformed. */
    static @Nullable PresentedCredential of(String header, String scheme) {
        String encoded = HeaderValue.credentials(header, scheme);
        if (encoded == null) {
            return null;
        }
        byte[] pair;
        try {
            pair = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return null;
        }
        PresentedCredential credential = ofPair(pair);
        Arrays.fill(pair, (byte) 0);
        return credential;
    }

    private static @Nullable PresentedCredential ofPair(byte[] pair) {
        int colon = 0;
        while (colon < pair.length && pair[colon] != ':') {
            colon++;
        }
        int length = pair.length - colon - 1;
        // A bind with a name and no password always succeeds on some servers (RFC 4513 §5.1.2).
        if (colon == 0 || colon > MAX_BYTES || length < 1 || length > MAX_BYTES) {
            return null;
        }
        String username = Text.utf8(Arrays.copyOf(pair, colon)).orElse("");
        byte[] password = Arrays.copyOfRange(pair, colon + 1, pair.length);
        return username.isBlank() || !Text.isPlain(username) || hasNul(password)
                ? null
                : new PresentedCredential(username, password);
    }

    /** Some servers take a NUL for the end of the password, which would then be empty. */
    private static boolean hasNul(byte[] password) {
        for (byte each : password) {
            if (each == 0) {
                return true;
            }
        }
        return false;
    }

    String username() {
        return username;
    }

    /** Returns the bytes of the password, which {@link #wipe} overwrites. */
    byte[] password() {
        return password;
    }

    /** Overwrites the password. */
    void wipe() {
        Arrays.fill(password, (byte) 0);
    }

    @Override
    public String toString() {
        return "PresentedCredential[" + username + "]";
    }
}
