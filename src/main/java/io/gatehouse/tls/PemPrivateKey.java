package io.gatehouse.tls;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.interfaces.RSAPrivateKey;
import java.util.Map;
import java.util.stream.Stream;
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

    /** As many as the JDK verifies. */
    private static final int MAX_RSA_BITS = 16_384;

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
        return SIGNATURES.containsKey(key.getAlgorithm()) && isCheap(key) ? key : null;
    }

    /**
     * Returns whether a signature costs no more than the key's modulus lets expect.
     *
     * <p><i>Why</i>: the JDK checks the length of the modulus alone. A key of 64 KiB with longer primes signs for hours.
     */
    private static boolean isCheap(PrivateKey key) {
        if (!(key instanceof RSAPrivateKey rsa)) {
            return true;
        }
        int bits = rsa.getModulus().bitLength();
        Stream<BigInteger> factors = key instanceof RSAPrivateCrtKey crt
                ? Stream.of(
                        crt.getPrimeP(),
                        crt.getPrimeQ(),
                        crt.getPrimeExponentP(),
                        crt.getPrimeExponentQ(),
                        crt.getCrtCoefficient())
                : Stream.of();
        return bits <= MAX_RSA_BITS
                && rsa.getPrivateExponent().bitLength() <= bits
                && factors.allMatch(factor -> factor.bitLength() <= bits);
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
        } catch (GeneralSecurityException | RuntimeException e) {
            return false; // The latter for numbers that are no key
        }
    }
}
