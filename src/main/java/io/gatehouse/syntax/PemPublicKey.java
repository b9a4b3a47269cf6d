package io.gatehouse.syntax;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads public keys in PEM, as {@code openssl pkey -pubout} writes them (RFC 7468 §13). */
public final class PemPublicKey {
    private static final String BEGIN = "-----BEGIN PUBLIC KEY-----";
    private static final String END = "-----END PUBLIC KEY-----";

    private PemPublicKey() {}

    /** Returns the RSA, elliptic curve or Edwards curve key; null if the text is none. */
    public static @Nullable PublicKey parse(String pem) {
        int begin = pem.indexOf(BEGIN);
        int end = begin < 0 ? begin : pem.indexOf(END, begin + BEGIN.length());
        if (end < 0) {
            return null;
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
        } catch (IllegalArgumentException e) {
            return null;
        }
        for (String kind : List.of("RSA", "EC", "EdDSA")) {
            PublicKey key = parse(kind, der);
            if (key != null) {
                return key;
            }
        }
        return null;
    }

    private static @Nullable PublicKey parse(String kind, byte[] der) {
        try {
            return KeyFactory.getInstance(kind).generatePublic(new X509EncodedKeySpec(der));
        } catch (GeneralSecurityException | RuntimeException e) {
            return null; // The JDK throws the latter for an Edwards curve key without a byte
        }
    }

    /** Whether it is an RSA key of more bits. */
    public static boolean isLongerThan(PublicKey key, int bits) {
        return key instanceof RSAPublicKey rsa && rsa.getModulus().bitLength() > bits;
    }

    /** Whether the key has the type, and the curve, of an algorithm of RFC 7518 §3.1 or RFC 8037 §3.1. */
    public static boolean fits(PublicKey key, String algorithm) {
        if (key instanceof ECPublicKey curve) {
            int bits = curve.getParams().getCurve().getField().getFieldSize();
            return switch (algorithm) {
                case "ES256" -> bits == 256;
                case "ES384" -> bits == 384;
                case "ES512" -> bits == 521;
                default -> false;
            };
        }
        if (key instanceof EdECPublicKey) {
            return algorithm.equals("EdDSA");
        }
        return key instanceof RSAPublicKey && (algorithm.startsWith("RS") || algorithm.startsWith("PS"));
    }
}
