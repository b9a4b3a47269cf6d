package io.gatehouse.launch.node;

import io.gatehouse.config.LaunchException;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.tls.PemPrivateKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a certificate and its private key from PEM files. Another process, such as cert-manager, may replace them at any time.
 *
 * @param certificate the text of the chain, the listener's certificate first
 * @param key the text of its private key
 * @param end when the certificate expires
 */
record CertificateFile(String certificate, String key, Instant end) {
    /** A file may also contain the key, or comments. */
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN (X509 )?CERTIFICATE-----[^-]*-----END (X509 )?CERTIFICATE-----");

    /**
     * Reads both files. Blocks.
     *
     * @throws LaunchException if a file cannot be read, or if they do not belong together: a reader between the writes of both
     *     files gets the old one and the new one
     */
    static CertificateFile read(Path certificate, Path key) throws LaunchException {
        String chain = text(certificate);
        String keyText = text(key);
        List<X509Certificate> certificates = PemCertificate.chain(
                BLOCK.matcher(chain).results().map(MatchResult::group).collect(Collectors.joining("\n")));
        if (certificates.isEmpty()) {
            throw new LaunchException(certificate + " is malformed, expected certificates in PEM");
        }
        PrivateKey privateKey = PemPrivateKey.parse(keyText);
        if (privateKey == null) {
            throw new LaunchException(key + " is malformed, expected a private key in PEM, not encrypted");
        }
        X509Certificate first = certificates.get(0);
        if (!PemPrivateKey.isPair(first.getPublicKey(), privateKey)) {
            throw new LaunchException(key + " is not the key of the first certificate in " + certificate);
        }
        return new CertificateFile(chain, keyText, first.getNotAfter().toInstant());
    }

    /** Reads a file. Blocks. */
    static String text(Path file) throws LaunchException {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new LaunchException(file + " cannot be read, expected a PEM file", e);
        }
    }

    @Override
    public String toString() {
        return "CertificateFile[end=" + end + "]";
    }
}
