package io.gatehouse.launch.datadir;

import io.gatehouse.config.LaunchException;
import io.gatehouse.tls.PemText;
import java.io.IOException;
import java.io.Reader;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Creates the certificate of {@code proxy.https} for a node without {@code proxy.certificate}. It is kept in the data
 * directory, so that a client that trusts it also trusts it after a restart.
 *
 * @param certificate PEM file
 * @param key PEM file of its private key (PKCS #8), readable only by its owner
 */
public record SelfSignedCertificate(Path certificate, Path key) {
    /** Apple's clients accept no longer validity. */
    private static final Duration LIFE = Duration.ofDays(825);

    /** Only a start checks the expiry, and a node may run for weeks. */
    private static final Duration REMAINING = Duration.ofDays(30);

    /** Returns the certificate in this data directory. Creates one if there is none or it expires within 30 days. */
    public static SelfSignedCertificate in(Path dataDir) throws LaunchException {
        return in(dataDir, Clock.systemUTC());
    }

    public static SelfSignedCertificate in(Path dataDir, Clock clock) throws LaunchException {
        SelfSignedCertificate files = new SelfSignedCertificate(
                dataDir.resolve("self-signed-certificate.pem"), dataDir.resolve("self-signed-key.pem"));
        try {
            if (!files.isUsable(clock.instant())) {
                files.make(dataDir, clock.instant());
            }
            return files;
        } catch (IOException e) {
            throw new LaunchException(
                    "the self-signed certificate cannot be written to " + dataDir
                            + ": make the directory writable or set data-dir (GATEHOUSE_DATA_DIR)",
                    e);
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new LaunchException(
                    "this Java cannot create a self-signed certificate: set proxy.certificate and proxy.certificate-key,"
                            + " or proxy.https to off",
                    e);
        }
    }

    private boolean isUsable(Instant now) {
        if (!Files.isReadable(certificate) || !Files.isReadable(key)) {
            return false;
        }
        try (Reader reader = Files.newBufferedReader(certificate);
                PEMParser parser = new PEMParser(reader)) {
            return parser.readObject() instanceof X509CertificateHolder holder
                    && holder.getNotAfter().toInstant().isAfter(now.plus(REMAINING));
        } catch (IOException e) {
            return false; // truncated or overwritten: create it again
        }
    }

    private void make(Path dataDir, Instant now)
            throws IOException, GeneralSecurityException, OperatorCreationException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair pair = generator.generateKeyPair();
        // Valid from one hour ago, because the clock of a client may be late.
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                new X500Name("CN=localhost"),
                new BigInteger(127, new SecureRandom()),
                Date.from(now.minus(Duration.ofHours(1))),
                Date.from(now.plus(LIFE)),
                new X500Name("CN=localhost"),
                pair.getPublic());
        builder.addExtension(Extension.subjectAlternativeName, false, names());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
        builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth));
        X509CertificateHolder holder =
                builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));

        PrivateFiles.createDirectory(dataDir);
        // A crash between these steps leaves a key without a certificate, which the next start replaces.
        Files.deleteIfExists(certificate);
        PrivateFiles.write(key, PemText.of(pair.getPrivate()));
        PrivateFiles.write(certificate, PemText.of(new JcaX509CertificateConverter().getCertificate(holder)));
    }

    private static GeneralNames names() {
        List<GeneralName> names = new ArrayList<>();
        names.add(new GeneralName(GeneralName.dNSName, "localhost"));
        names.add(new GeneralName(GeneralName.iPAddress, "127.0.0.1"));
        names.add(new GeneralName(GeneralName.iPAddress, "::1"));
        try {
            String host = InetAddress.getLocalHost().getHostName();
            if (host.matches("[A-Za-z0-9.-]+") && !host.equals("localhost")) {
                names.add(new GeneralName(GeneralName.dNSName, host));
            }
        } catch (UnknownHostException e) {
            // If the machine cannot resolve its own name, the certificate is for localhost only.
        }
        return new GeneralNames(names.toArray(GeneralName[]::new));
    }
}
