package io.gatehouse.credential;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Names the keys that the sender of a token has to possess (RFC 7800 §3.1): one of them, or both.
 *
 * @param keyThumbprint the SHA-256 thumbprint of the key that signs DPoP proofs (RFC 9449 §6.1, RFC 7638 §3), in base64url; null: none
 * @param certificateThumbprint the SHA-256 digest of the client's certificate (RFC 8705 §3.1), in base64url; null: none
 */
public record Confirmation(
        @Nullable String keyThumbprint, @Nullable String certificateThumbprint) {

    /** Returns null if there is neither, which is a bearer token. */
    public static @Nullable Confirmation of(@Nullable String keyThumbprint, @Nullable String certificateThumbprint) {
        return keyThumbprint == null && certificateThumbprint == null
                ? null
                : new Confirmation(keyThumbprint, certificateThumbprint);
    }

    /** The members of the {@code cnf} claim (RFC 9449 §6.1, §6.2; RFC 8705 §3.1, §3.2). */
    public Map<String, Object> members() {
        Map<String, Object> members = new LinkedHashMap<>();
        if (keyThumbprint != null) {
            members.put("jkt", keyThumbprint);
        }
        if (certificateThumbprint != null) {
            members.put("x5t#S256", certificateThumbprint);
        }
        return members;
    }
}
