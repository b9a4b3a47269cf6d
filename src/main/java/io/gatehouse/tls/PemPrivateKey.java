package io.gatehouse.tls;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/**
 * Reads private keys in PEM: PKCS #8 (RFC 7468 §10), and the older forms that OpenSSL writes for RSA (PKCS #1) and
 * elliptic curves (RFC 5915). Encrypted keys are not supported.
 */
public final class PemPrivateKey {
    /** Signature algorithm by the algorithm of a supported key. */
    private static final Map<String, String> SIGNATURES =
            Map.of("RSA", "SHA256withRSA", "EC", "SHA256withECDSA", "EdDSA", "EdDSA");

    private static final byte[] PROBE = "gatehouse".getBytes(StandardCharsets.US_ASCII);

    private PemPrivateKey() {}

    /** Returns the first private key of the text, or null if there is none or it is malformed or unsupported. */
    public static @Nullable PrivateKey parse(String pem) {
        try (PEMParser parser = new PEMParser(new StringReader(pem))) {
            for (Object object = parser.readObject(); object != null; object = parser.readObject()) {
                if (object instanceof PrivateKeyInfo info) {
                    return supported(info);
                }
                if (object instanceof PEMKeyPair pair) {
                    return supported(pair.getPrivateKeyInfo());
                }
            }
            return null;
        } catch (IOException | RuntimeException e) {
            return null; // Bouncy Castle throws either for malformed base64 and ASN.1
        }
    }

    private static @Nullable PrivateKey supported(PrivateKeyInfo info) throws IOException {
        PrivateKey key = new JcaPEMKeyConverter().getPrivateKey(info);
        return SIGNATURES.containsKey(key.getAlgorithm()) ? key : null;
    }

    /** Returns whether the public key verifies a signature of the private key. */
    public static boolean isPair(PublicKey publicKey, PrivateKey privateKey) {
        try {
            Signature signature = Signature.getInstance(SIGNATURES.getOrDefault(privateKey.getAlgorithm(), ""));
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
