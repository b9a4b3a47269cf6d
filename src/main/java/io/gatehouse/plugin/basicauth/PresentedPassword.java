package io.gatehouse.plugin.basicauth;

import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.Text;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** Holds the username and the password of a request (RFC 7617 §2). */
record PresentedPassword(String username, String password) {
    private static final String SCHEME = "basic";

    /** Whether the value of a header is of this scheme. */
    static boolean isBasic(String header) {
        return HeaderValue.credentials(header, SCHEME) != null;
    }

    /** Reads the value of a header; null if it is none of this scheme, or malformed. */
    static @Nullable PresentedPassword of(String header) {
        String encoded = HeaderValue.credentials(header, SCHEME);
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
        return colon <= 0 ? null : new PresentedPassword(pair.substring(0, colon), pair.substring(colon + 1));
    }

    @Override
    public String toString() {
        return "PresentedPassword[" + username + "]";
    }
}
