package io.gatehouse.syntax;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the JWK Sets (RFC 7517 §5) of signers: RSA and elliptic curve keys, without their private parts. */
public final class JsonWebKeySet {
    private static final int MAX_KEYS = 16;

    private static final int MIN_RSA_BITS = 2_048;
    /** A verification with the usual exponent, 65,537, takes 0.3 ms. */
    private static final int MAX_RSA_BITS = 8_192;
    /**
     * Each bit of the exponent costs as much as one of the usual 17, and a client may choose the key of a proof. The JDK has this limit for
     * keys of more than 3,072 bits.
     */
    private static final int MAX_EXPONENT_BITS = 64;

    /** The first byte of a certificate in DER. */
    private static final byte SEQUENCE = 0x30;

    private static final Set<String> CURVES = Set.of("P-256", "P-384", "P-521");

    private JsonWebKeySet() {}

    /** Returns the violation of the first key that cannot verify signatures, or of the set; null if there is none. */
    public static @Nullable String violation(String text) {
        Map<String, @Nullable Object> set = Json.object(text).orElse(null);
        if (set == null || !(set.get("keys") instanceof List<?> keys)) {
            return "expected a JSON object with an array 'keys'";
        }
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            return "expected 1 to " + MAX_KEYS + " keys";
        }
        Set<Object> ids = new HashSet<>();
        for (Object key : keys) {
            String violation = key instanceof Map<?, ?> members ? violationOfKey(members) : "expected a JSON object";
            if (violation != null) {
                return "invalid key: " + violation;
            }
            Object id = ((Map<?, ?>) key).get("kid");
            if (keys.size() > 1 && !(id instanceof String)) {
                return "each of several keys needs a kid";
            }
            if (id != null && !ids.add(id)) {
                return "several keys have the same kid";
            }
        }
        return null;
    }

    /** Returns the certificates of a valid set: of each key the first of its {@code x5c} (RFC 7517 §4.7), in DER, as base64. */
    public static List<String> certificates(String text) {
        List<String> certificates = new ArrayList<>();
        Json.object(text).map(set -> set.get("keys")).ifPresent(keys -> {
            for (Object key : keys instanceof List<?> all ? all : List.of()) {
                if (key instanceof Map<?, ?> members
                        && members.get("x5c") instanceof List<?> chain
                        && !chain.isEmpty()
                        && chain.get(0) instanceof String certificate) {
                    certificates.add(certificate);
                }
            }
        });
        return certificates;
    }

    /** Returns why a key cannot verify signatures; null if it can. The members of a key have names that are strings. */
    @SuppressWarnings("unchecked") // Json reads objects with such names.
    public static @Nullable String violationOfKey(Map<?, ?> key) {
        Map<String, @Nullable Object> members = (Map<String, @Nullable Object>) key;
        if (members.containsKey("d") || members.containsKey("k")) {
            return "only the public part of a key is accepted";
        }
        if (!JsonWebKey.isValid(members)) {
            return "could not load JWK";
        }
        if (members.containsKey("use") && !"sig".equals(members.get("use"))) {
            return "its use is not sig";
        }
        if (members.containsKey("x5c") && !isCertificate(members.get("x5c"))) {
            return "could not load x5c";
        }
        return switch (String.valueOf(members.get("kty"))) {
            case "RSA" -> violationOfRsa(members);
            case "EC" -> CURVES.contains(String.valueOf(members.get("crv"))) ? null : "unsupported crv";
            default -> "unsupported kty";
        };
    }

    /** Whether the first element can be a certificate. It is not parsed, because a client may have chosen it. */
    private static boolean isCertificate(@Nullable Object chain) {
        if (!(chain instanceof List<?> certificates)
                || certificates.isEmpty()
                || !(certificates.get(0) instanceof String base64)) {
            return false;
        }
        try {
            byte[] der = Base64.getDecoder().decode(base64);
            return der.length > 1 && der[0] == SEQUENCE;
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private static @Nullable String violationOfRsa(Map<String, @Nullable Object> key) {
        int bits = bits(key.get("n"));
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
            return "an RSA key has 2048 to 8192 bits";
        }
        return bits(key.get("e")) > MAX_EXPONENT_BITS ? "the exponent of an RSA key has at most 64 bits" : null;
    }

    /** The length of a number that is valid base64url. */
    private static int bits(@Nullable Object number) {
        return new BigInteger(1, Base64.getUrlDecoder().decode(String.valueOf(number))).bitLength();
    }
}
