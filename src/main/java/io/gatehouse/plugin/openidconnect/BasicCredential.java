package io.gatehouse.plugin.openidconnect;

import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.Text;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Holds the name and the secret of a request (RFC 7617 §2): of a user, or of a client of the provider. */
record BasicCredential(String name, String secret) {
    /** Bytes of the name, and of the secret. */
    static final int MAX_BYTES = 1_024;

    private static final String SCHEME = "basic";

    /** Returns whether the value of a header is of this scheme. */
    static boolean isBasic(String value) {
        return HeaderValue.credentials(value, SCHEME) != null;
    }

    /** Reads the value of a header; null if it is none of this scheme, or malformed, or if the name or the secret is empty. */
    static @Nullable BasicCredential of(String value) {
        String encoded = HeaderValue.credentials(value, SCHEME);
        if (encoded == null) {
            return null;
        }
        byte[] decoded;
        try {
            decoded = Base64.getDecoder().decode(encoded);
        } catch (IllegalArgumentException e) {
            return null;
        }
        String pair = Text.utf8(decoded).orElse("");
        int colon = pair.indexOf(':');
        if (colon <= 0 || !Text.isPlain(pair)) {
            return null;
        }
        String name = pair.substring(0, colon);
        String secret = pair.substring(colon + 1);
        return name.isBlank() || secret.isEmpty() || isLong(name) || isLong(secret)
                ? null
                : new BasicCredential(name, secret);
    }

    private static boolean isLong(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }

    @Override
    public String toString() {
        return "BasicCredential[" + name + "]";
    }
}
