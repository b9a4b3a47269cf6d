package io.gatehouse.syntax;

import java.math.BigInteger;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks JSON Web Keys (RFC 7517): the members that RFC 7518 §6 and RFC 8037 §2 require for each type of key. */
public final class JsonWebKey {
    private static final Map<String, Integer> COORDINATE_BYTES =
            Map.of("P-256", 32, "P-384", 48, "P-521", 66, "secp256k1", 32);
    private static final Map<String, Integer> OCTETS = Map.of("Ed25519", 32, "X25519", 32, "Ed448", 57, "X448", 56);

    private static final Set<String> RSA_PRIME_MEMBERS = Set.of("p", "q", "dp", "dq", "qi");

    private JsonWebKey() {}

    /** Returns whether the members describe a public, private or symmetric key. */
    public static boolean isValid(Map<String, @Nullable Object> members) {
        return switch (String.valueOf(members.get("kty"))) {
            case "RSA" -> isRsa(members);
            case "EC" -> isElliptic(members);
            case "OKP" -> isOctetPair(members);
            case "oct" -> bytes(members.get("k")).length > 0;
            default -> false;
        };
    }

    private static boolean isRsa(Map<String, @Nullable Object> members) {
        return isPositive(members, "n")
                && isPositive(members, "e")
                && (!members.containsKey("d")
                        || (isPositive(members, "d")
                                && RSA_PRIME_MEMBERS.stream()
                                        .allMatch(name -> !members.containsKey(name) || isPositive(members, name))));
    }

    private static boolean isPositive(Map<String, @Nullable Object> members, String name) {
        return new BigInteger(1, bytes(members.get(name))).signum() > 0;
    }

    private static boolean isElliptic(Map<String, @Nullable Object> members) {
        int length = COORDINATE_BYTES.getOrDefault(String.valueOf(members.get("crv")), 0);
        return length > 0
                && hasLength(members, "x", length)
                && hasLength(members, "y", length)
                && isPrivate(members, length);
    }

    private static boolean isOctetPair(Map<String, @Nullable Object> members) {
        int length = OCTETS.getOrDefault(String.valueOf(members.get("crv")), 0);
        return length > 0 && hasLength(members, "x", length) && isPrivate(members, length);
    }

    /** Returns whether the private part is absent or has the length of the public one. */
    private static boolean isPrivate(Map<String, @Nullable Object> members, int length) {
        return !members.containsKey("d") || hasLength(members, "d", length);
    }

    private static boolean hasLength(Map<String, @Nullable Object> members, String name, int length) {
        return bytes(members.get(name)).length == length;
    }

    /** Decodes base64url; empty if the value is malformed or absent. */
    private static byte[] bytes(@Nullable Object value) {
        try {
            return value instanceof String text ? Base64.getUrlDecoder().decode(text) : new byte[0];
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }
}
