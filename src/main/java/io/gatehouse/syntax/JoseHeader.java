package io.gatehouse.syntax;

import java.util.Base64;
import java.util.Map;

/**
 * Checks the header of a signed token before a library reads it (RFC 7515 §4.1).
 *
 * <p><i>Why</i>: the library parses the certificates of a key in the header, and the JDK's parser of certificates resolves host names
 * that the sender chooses. A lookup would block the event loop.
 */
public final class JoseHeader {
    private JoseHeader() {}

    /** Returns whether a token in the compact form has a header whose key, if there is one, has no certificates. */
    public static boolean isWithoutCertificates(String token) {
        int dot = token.indexOf('.');
        if (dot < 0) {
            return false;
        }
        byte[] header;
        try {
            header = Base64.getUrlDecoder().decode(token.substring(0, dot));
        } catch (IllegalArgumentException malformed) {
            return false;
        }
        return Json.object(header)
                .map(members -> !(members.get("jwk") instanceof Map<?, ?> key) || !key.containsKey("x5c"))
                .orElse(false);
    }
}
