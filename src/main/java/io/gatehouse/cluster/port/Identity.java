package io.gatehouse.cluster.port;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.jce.ECNamedCurveTable;
import org.bouncycastle.jce.spec.ECNamedCurveParameterSpec;
import org.bouncycastle.jce.spec.ECNamedCurveSpec;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Holds the P-256 key pair that every member of a cluster derives, and a certificate that the member signs with it. The
 * members' certificates differ; their public keys do not.
 */
public record Identity(PrivateKey key, X509Certificate certificate) {
    private static final String CURVE = "secp256r1";
    /** Longer than any cluster exists: members verify the key, not the dates. */
    private static final Duration LIFE = Duration.ofDays(36_500);

    /**
     * Derives the pair from 384 uniform bits. Their reduction into [1, n) has a negligible bias (FIPS 186-5, A.2.1).
     */
    static Identity of(byte[] bits) {
        try {
            ECNamedCurveParameterSpec curve = ECNamedCurveTable.getParameterSpec(CURVE);
            ECNamedCurveSpec parameters =
                    new ECNamedCurveSpec(CURVE, curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
            BigInteger number = new BigInteger(1, bits)
                    .mod(curve.getN().subtract(BigInteger.ONE))
                    .add(BigInteger.ONE);
            ECPoint point = curve.getG().multiply(number).normalize();
            KeyFactory keys = KeyFactory.getInstance("EC");
            PrivateKey privateKey = keys.generatePrivate(new ECPrivateKeySpec(number, parameters));
            PublicKey publicKey = keys.generatePublic(new ECPublicKeySpec(
                    new java.security.spec.ECPoint(
                            point.getAffineXCoord().toBigInteger(),
                            point.getAffineYCoord().toBigInteger()),
                    parameters));
            return new Identity(privateKey, certificate(publicKey, privateKey));
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("every Java runtime has P-256", e);
        }
    }

    private static X509Certificate certificate(PublicKey publicKey, PrivateKey privateKey)
            throws OperatorCreationException, IOException, GeneralSecurityException {
        X500Name name = new X500Name("CN=gatehouse");
        Instant start = Instant.EPOCH;
        byte[] encoded = new JcaX509v3CertificateBuilder(
                        name, BigInteger.ONE, Date.from(start), Date.from(start.plus(LIFE)), name, publicKey)
                // Only the certificate of an authority may sign another one, and this one signs itself.
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(privateKey))
                .getEncoded();
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
    }

    /** Without the private key, which a record would print. */
    @Override
    public String toString() {
        return "Identity[" + certificate.getSubjectX500Principal() + "]";
    }
}
