package io.gatehouse.testing;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.stream.Stream;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** Creates a certificate authority for a test and issues certificates, as PEM texts. */
public final class Authority {
    private static final Duration HOUR = Duration.ofHours(1);

    private final X500Name name;
    private final KeyPair keys = keyPair("EC");
    private final String certificate;

    /** Holds a certificate and its key. */
    public record Issued(String certificate, KeyPair keys) {
        /** The key in PKCS #8, as most tools write it. */
        public String pkcs8() {
            try {
                return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** The key as older tools write it: PKCS #1 (RFC 8017), or SEC 1 with the name of the curve (RFC 5915). */
        public String traditional() {
            return keys.getPrivate() instanceof ECPrivateKey curve ? pem(sec1(curve)) : pem(keys.getPrivate());
        }

        private static PemObject sec1(ECPrivateKey key) {
            try {
                return new PemObject(
                        "EC PRIVATE KEY",
                        new org.bouncycastle.asn1.sec.ECPrivateKey(256, key.getS(), SECObjectIdentifiers.secp256r1)
                                .getEncoded());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public Authority(String commonName) {
        this(commonName, Instant.now().plus(HOUR));
    }

    /** Creates an authority that expires at that time. */
    public Authority(String commonName, Instant expiry) {
        name = new X500Name("CN=" + commonName);
        certificate = sign(name, keys, expiry, true);
    }

    public String certificate() {
        return certificate;
    }

    public Issued issue(String commonName, String... hosts) {
        return issue("EC", commonName, Instant.now().plus(HOUR), hosts);
    }

    public Issued issue(String algorithm, String commonName, Instant expiry, String... hosts) {
        KeyPair pair = keyPair(algorithm);
        return new Issued(sign(new X500Name("CN=" + commonName), pair, expiry, false, hosts), pair);
    }

    private String sign(X500Name subject, KeyPair pair, Instant expiry, boolean authority, String... hosts) {
        try {
            X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                            name,
                            new BigInteger(64, new SecureRandom()),
                            Date.from(expiry.minus(HOUR).minus(HOUR)),
                            Date.from(expiry),
                            subject,
                            pair.getPublic())
                    .addExtension(
                            Extension.basicConstraints,
                            true,
                            authority ? new BasicConstraints(0) : new BasicConstraints(false));
            if (hosts.length > 0) {
                builder.addExtension(
                        Extension.subjectAlternativeName,
                        false,
                        new GeneralNames(Stream.of(hosts)
                                .map(host -> new GeneralName(GeneralName.dNSName, host))
                                .toArray(GeneralName[]::new)));
            }
            return pem(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(keys.getPrivate())));
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair keyPair(String algorithm) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            generator.initialize(algorithm.equals("RSA") ? 2048 : 256);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }

    /** Writes a file that only its owner can read, as PostgreSQL requires for a key. */
    public static Path write(Path file, String pem) {
        try {
            Files.writeString(file, pem);
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
