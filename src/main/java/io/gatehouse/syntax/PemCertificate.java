package io.gatehouse.syntax;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Reads X.509 certificates in PEM (RFC 7468 §5). */
public final class PemCertificate {
    private PemCertificate() {}

    /** Returns the certificates in the text, in order; empty if there is none, or if one is malformed. */
    public static List<X509Certificate> chain(String pem) {
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : CertificateFactory.getInstance("X.509")
                    .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
                chain.add((X509Certificate) certificate);
            }
            return chain;
        } catch (CertificateException | RuntimeException e) {
            return List.of(); // The JDK throws the latter for some malformed public keys
        }
    }

    /** Returns the SHA-256 of the certificate's encoding, in hexadecimal. */
    public static String digest(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("could not encode a certificate that was decoded", e);
        }
    }
}
