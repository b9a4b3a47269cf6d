package io.gatehouse.plugin.jwt;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Set;

/**
 * Parses a signed token (RFC 7515 §7.1, RFC 7519) without verifying it.
 *
 * @param signingInput the bytes that the signature covers
 */
@SuppressWarnings("ArrayRecordComponent") // Tokens are never compared.
record JsonWebToken(JsonObject header, JsonObject claims, byte[] signingInput, byte[] signature) {
    private static final Set<String> ALGORITHMS = Set.of(
            "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512", "PS256", "PS384", "PS512",
            "EdDSA");

    /** Signals that a text is not a token, with Kong's error text. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message, null, false, false);
        }

        String message() {
            return String.valueOf(getMessage());
        }
    }

    static JsonWebToken parse(String token) throws Malformed {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            throw new Malformed("invalid JSON");
        }
        JsonObject header = json(parts[0]);
        JsonObject claims = json(parts[1]);
        byte[] signature = decoded(parts[2]);
        if (header.getValue("typ") != null
                && !header.getValue("typ").toString().toUpperCase(Locale.ROOT).equals("JWT")) {
            throw new Malformed("invalid typ");
        }
        // "none" (RFC 7515 §6) is rejected.
        if (!(header.getValue("alg") instanceof String algorithm) || !ALGORITHMS.contains(algorithm)) {
            throw new Malformed("invalid alg");
        }
        // RFC 7515 §4.1.11: no extension is supported. Kong ignores the header.
        if (header.containsKey("crit")) {
            throw new Malformed("invalid crit");
        }
        if (signature.length == 0) {
            throw new Malformed("invalid signature");
        }
        byte[] signed = (parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII);
        return new JsonWebToken(header, claims, signed, signature);
    }

    private static JsonObject json(String part) throws Malformed {
        try {
            return new JsonObject(Buffer.buffer(decoded(part)));
        } catch (DecodeException | ClassCastException e) {
            throw new Malformed("invalid JSON");
        }
    }

    private static byte[] decoded(String part) throws Malformed {
        try {
            return Base64.getUrlDecoder().decode(part);
        } catch (IllegalArgumentException e) {
            throw new Malformed("invalid JSON");
        }
    }

    String algorithm() {
        return header.getString("alg");
    }
}
