package io.gatehouse.syntax;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys in PEM: PKCS #8 (RFC 7468 §10), PKCS #1 for RSA and RFC 5915 for elliptic curves. Encrypted keys are not
 * supported.
 *
 * <p><i>Why</i>: OpenSSL writes the latter two. They are wrapped into the PKCS #8 envelope that Java reads.
 */
public final class PemPrivateKey {
    private static final byte[] VERSION_0 = {2, 1, 0};
    /** rsaEncryption with its NULL parameter, and id-ecPublicKey (RFC 3279 §2.3). */
    private static final byte[] RSA = HexFormat.of().parseHex("300d06092a864886f70d0101010500");

    private static final byte[] EC_PUBLIC_KEY = HexFormat.of().parseHex("06072a8648ce3d0201");
    private static final byte SEQUENCE = 0x30;
    private static final byte OCTET_STRING = 0x04;
    private static final byte CURVE = (byte) 0xa0;

    private static final byte[] PROBE = "gatehouse".getBytes(StandardCharsets.US_ASCII);

    private PemPrivateKey() {}

    /** Returns the key; null if the text has none. */
    public static @Nullable PrivateKey parse(String pem) {
        byte[] pkcs8 = pkcs8(pem);
        if (pkcs8 == null) {
            return null;
        }
        for (String kind : List.of("RSA", "EC", "EdDSA")) {
            try {
                return KeyFactory.getInstance(kind).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
            } catch (GeneralSecurityException e) {
                // A key of another algorithm.
            }
        }
        return null;
    }

    private static byte @Nullable [] pkcs8(String pem) {
        byte[] plain = section(pem, "PRIVATE KEY");
        if (plain != null) {
            return plain;
        }
        byte[] rsa = section(pem, "RSA PRIVATE KEY");
        if (rsa != null) {
            return der(SEQUENCE, VERSION_0, RSA, der(OCTET_STRING, rsa));
        }
        byte[] ec = section(pem, "EC PRIVATE KEY");
        byte[] curve = ec == null ? null : curve(ec);
        return ec == null || curve == null
                ? null
                : der(SEQUENCE, VERSION_0, der(SEQUENCE, EC_PUBLIC_KEY, curve), der(OCTET_STRING, ec));
    }

    private static byte @Nullable [] section(String pem, String label) {
        String begin = "-----BEGIN " + label + "-----";
        int from = pem.indexOf(begin);
        int to = pem.indexOf("-----END " + label + "-----");
        if (from < 0 || to < from) {
            return null;
        }
        try {
            return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** Returns the name of the curve in an ECPrivateKey (RFC 5915 §3): behind version and key, tagged 0. */
    private static byte @Nullable [] curve(byte[] ecPrivateKey) {
        int at = contentStart(ecPrivateKey, 0);
        for (int field = 0; at > 0 && at + 1 < ecPrivateKey.length && field < 4; field++) {
            int content = contentStart(ecPrivateKey, at);
            int end = content < 0 ? -1 : content + length(ecPrivateKey, at);
            if (end < 0 || end > ecPrivateKey.length) {
                return null;
            }
            if (ecPrivateKey[at] == CURVE) {
                return Arrays.copyOfRange(ecPrivateKey, content, end);
            }
            at = end;
        }
        return null;
    }

    /** Returns the position of the content of the element; -1 if its length is malformed. */
    private static int contentStart(byte[] der, int at) {
        if (at + 1 >= der.length) {
            return -1;
        }
        int first = der[at + 1] & 0xff;
        return first < 0x80 ? at + 2 : first <= 0x82 && first > 0x80 ? at + 2 + (first & 0x7f) : -1;
    }

    private static int length(byte[] der, int at) {
        int first = der[at + 1] & 0xff;
        if (first < 0x80) {
            return first;
        }
        int length = 0;
        for (int i = 0; i < (first & 0x7f) && at + 2 + i < der.length; i++) {
            length = length << 8 | (der[at + 2 + i] & 0xff);
        }
        return length;
    }

    private static byte[] der(byte tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        int length = content.size();
        ByteArrayOutputStream element = new ByteArrayOutputStream(length + 4);
        element.write(tag);
        // DER requires the shortest form.
        if (length > 0xff) {
            element.write(0x82);
            element.write(length >> 8);
        } else if (length > 0x7f) {
            element.write(0x81);
        }
        element.write(length);
        element.writeBytes(content.toByteArray());
        return element.toByteArray();
    }

    /** Whether the public key verifies signatures of the private key. */
    public static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
        String algorithm = switch (privateKey.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            default -> "EdDSA";
        };
        try {
            Signature signature = Signature.getInstance(algorithm);
            signature.initSign(privateKey);
            signature.update(PROBE);
            byte[] signed = signature.sign();
            signature.initVerify(publicKey);
            signature.update(PROBE);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
