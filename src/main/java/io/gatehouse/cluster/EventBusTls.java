package io.gatehouse.cluster;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.ECPublicKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Set;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
 * Mutual TLS for the event bus from nothing but a shared secret: every node derives the same key pair from it, shows a
 * certificate of that key, and speaks only to whoever proves to have it too. What travels there, client secrets among it,
 * is for members alone.
 */
final class EventBusTls {
    private static final String CURVE = "secp256r1";
    /** Longer than any cluster; what counts is the key. */
    private static final Duration LIFE = Duration.ofDays(36_500);

    private static final int PEM_LINE = 64;

    private final byte[] encodedKey;
    private final byte[] encodedCertificate;

    EventBusTls(String secret) {
        try {
            ECNamedCurveParameterSpec curve = ECNamedCurveTable.getParameterSpec(CURVE);
            ECNamedCurveSpec parameters =
                    new ECNamedCurveSpec(CURVE, curve.getCurve(), curve.getG(), curve.getN(), curve.getH());
            BigInteger number = derive(secret, curve.getN());
            ECPoint point = curve.getG().multiply(number).normalize();
            KeyFactory keys = KeyFactory.getInstance("EC");
            PrivateKey privateKey = keys.generatePrivate(new ECPrivateKeySpec(number, parameters));
            PublicKey publicKey = keys.generatePublic(new ECPublicKeySpec(
                    new java.security.spec.ECPoint(
                            point.getAffineXCoord().toBigInteger(),
                            point.getAffineYCoord().toBigInteger()),
                    parameters));
            encodedKey = privateKey.getEncoded();
            encodedCertificate = certificate(publicKey, privateKey);
        } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
            throw new IllegalStateException("every Java runtime has P-256", e);
        }
    }

    /** 384 bits, reduced into [1, n): no number is noticeably more likely than another (FIPS 186-5, A.2.1). */
    private static BigInteger derive(String secret, BigInteger order) throws GeneralSecurityException {
        Mac mac = Mac.getInstance("HmacSHA384");
        mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA384"));
        byte[] bits = mac.doFinal("gatehouse event bus".getBytes(StandardCharsets.US_ASCII));
        return new BigInteger(1, bits).mod(order.subtract(BigInteger.ONE)).add(BigInteger.ONE);
    }

    private static byte[] certificate(PublicKey publicKey, PrivateKey privateKey)
            throws OperatorCreationException, IOException {
        X500Name name = new X500Name("CN=gatehouse");
        Instant start = Instant.EPOCH;
        return new JcaX509v3CertificateBuilder(
                        name, BigInteger.ONE, Date.from(start), Date.from(start.plus(LIFE)), name, publicKey)
                // What vouches for a certificate must be one that may.
                .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(privateKey))
                .getEncoded();
    }

    void secure(EventBusOptions options) {
        Buffer shown = pem("CERTIFICATE", encodedCertificate);
        options.setSsl(true)
                .setClientAuth(ClientAuth.REQUIRED)
                .setEnabledSecureTransportProtocols(Set.of("TLSv1.3"))
                .setKeyCertOptions(
                        new PemKeyCertOptions().addCertValue(shown).addKeyValue(pem("PRIVATE KEY", encodedKey)))
                // Another node's certificate is another, but of the same name and key, which is what trust goes by.
                .setTrustOptions(new PemTrustOptions().addCertValue(shown));
    }

    private static Buffer pem(String type, byte[] content) {
        String base64 = Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'}).encodeToString(content);
        return Buffer.buffer("-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n");
    }
}
