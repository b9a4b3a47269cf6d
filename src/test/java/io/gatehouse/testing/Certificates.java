package io.gatehouse.testing;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** Creates certificates of clients and authorities, valid or not. */
public final class Certificates {
    private static final Duration HOUR = Duration.ofHours(1);

    private Certificates() {}

    /** Holds a certificate and its key. */
    public record Certified(X509CertificateHolder certificate, KeyPair keys) {
        /** The certificate in DER, as base64. */
        public String base64() {
            try {
                return Base64.getEncoder().encodeToString(certificate.getEncoded());
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        /** The value of {@code Client-Cert} (RFC 9440 §2.1). */
        public String header() {
            return ":" + base64() + ":";
        }

        public String pem() {
            return "-----BEGIN CERTIFICATE-----\n" + base64() + "\n-----END CERTIFICATE-----\n";
        }
    }

    /** An authority that has issued its own certificate. */
    public static Certified authority(String name) {
        return new Builder("CN=" + name).authority(null).sign();
    }

    /** A certificate of a client. Without an issuer, it is self-signed. */
    public static Builder of(String subject) {
        return new Builder(subject);
    }

    public static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Collects what a certificate has. */
    public static final class Builder {
        private record Added(ASN1ObjectIdentifier id, boolean isCritical, ASN1Encodable value) {}

        private final X500Name subject;
        private final List<Added> extensions = new ArrayList<>();
        private KeyPair keys = keys();
        private @Nullable Certified issuer;
        private Instant start = Instant.now().minus(HOUR);
        private Instant end = Instant.now().plus(HOUR);
        private String algorithm = "SHA256withECDSA";

        private Builder(String subject) {
            this.subject = new X500Name(subject);
        }

        public Builder issuedBy(Certified newIssuer) {
            this.issuer = newIssuer;
            return this;
        }

        public Builder withKeys(KeyPair newKeys) {
            this.keys = newKeys;
            return this;
        }

        public Builder validFrom(Instant newStart) {
            this.start = newStart;
            return this;
        }

        public Builder validUntil(Instant newEnd) {
            this.end = newEnd;
            return this;
        }

        public Builder signedWith(String newAlgorithm) {
            this.algorithm = newAlgorithm;
            return this;
        }

        /** {@code below}: the authorities that it may certify in a row; null: any number. */
        public Builder authority(@Nullable Integer below) {
            return with(
                    Extension.basicConstraints,
                    true,
                    below == null ? new BasicConstraints(true) : new BasicConstraints(below));
        }

        /** {@code tag}: the kind of the name, of {@link GeneralName}. */
        public Builder named(int tag, String name) {
            return with(Extension.subjectAlternativeName, false, new GeneralNames(new GeneralName(tag, name)));
        }

        public Builder with(ASN1ObjectIdentifier id, boolean isCritical, ASN1Encodable value) {
            extensions.add(new Added(id, isCritical, value));
            return this;
        }

        public Certified sign() {
            Certified signer = issuer;
            try {
                X509v3CertificateBuilder builder = new X509v3CertificateBuilder(
                        signer == null ? subject : signer.certificate().getSubject(),
                        new BigInteger(64, new SecureRandom()),
                        Date.from(start),
                        Date.from(end),
                        subject,
                        SubjectPublicKeyInfo.getInstance(keys.getPublic().getEncoded()));
                for (Added one : extensions) {
                    builder.addExtension(one.id(), one.isCritical(), one.value());
                }
                KeyPair signing = signer == null ? keys : signer.keys();
                return new Certified(
                        builder.build(new JcaContentSignerBuilder(algorithm).build(signing.getPrivate())), keys);
            } catch (IOException | OperatorCreationException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
