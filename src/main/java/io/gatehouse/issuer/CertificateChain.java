package io.gatehouse.issuer;

import io.gatehouse.oauth.CertificateProfile;
import java.security.Provider;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.CertException;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Validates the chain of a client's certificate up to an authority (RFC 5280 §6), without name constraints, policies and revocation.
 *
 * <p><i>Invariant</i>: a key of the chain verifies a signature only after an authority has certified the key. So a client cannot choose
 * a key with which a verification takes long.
 *
 * <p><i>Why not the JDK</i>: its parser resolves host names of some certificates, which the client chooses.
 *
 * @param path the certificate of the client, and those of the authorities between it and the trusted one
 */
record CertificateChain(List<X509CertificateHolder> path, X509CertificateHolder authority) {
    /** SHA-2 with RSA (PKCS #1) or ECDSA, and Ed25519. */
    private static final Set<String> ALGORITHMS = Set.of(
            "1.2.840.113549.1.1.11",
            "1.2.840.113549.1.1.12",
            "1.2.840.113549.1.1.13",
            "1.2.840.10045.4.3.2",
            "1.2.840.10045.4.3.3",
            "1.2.840.10045.4.3.4",
            "1.3.101.112");

    /** The extensions that may be critical. Of policies, none is required. */
    private static final Set<ASN1ObjectIdentifier> KNOWN = Set.of(
            Extension.basicConstraints,
            Extension.keyUsage,
            Extension.extendedKeyUsage,
            Extension.subjectAlternativeName,
            Extension.certificatePolicies);

    /** Not installed. The providers of JDK 17 do not know the type of an elliptic-curve key by its identifier. */
    private static final Provider PROVIDER = new BouncyCastleProvider();

    private static final Set<ASN1ObjectIdentifier> UNSUPPORTED = Set.of(Extension.nameConstraints);

    CertificateChain {
        path = List.copyOf(path);
    }

    /** Returns whether one of the authorities has issued a certificate that is valid at a time. */
    static boolean isIssued(
            X509CertificateHolder leaf,
            List<X509CertificateHolder> others,
            List<X509CertificateHolder> authorities,
            Date time) {
        List<X509CertificateHolder> path = new ArrayList<>();
        X509CertificateHolder next = leaf;
        while (next != null && path.size() <= CertificateProfile.MAX_CHAIN) {
            path.add(next);
            for (X509CertificateHolder authority : authorities) {
                if (DistinguishedName.areSame(authority.getSubject(), next.getIssuer())
                        && new CertificateChain(path, authority).isValid(time)) {
                    return true;
                }
            }
            next = issuer(next, others, path);
        }
        return false;
    }

    private static @Nullable X509CertificateHolder issuer(
            X509CertificateHolder issued, List<X509CertificateHolder> others, List<X509CertificateHolder> path) {
        for (X509CertificateHolder other : others) {
            if (DistinguishedName.areSame(other.getSubject(), issued.getIssuer()) && !path.contains(other)) {
                return other;
            }
        }
        return null;
    }

    private boolean isValid(Date time) {
        if (!authority.isValidOn(time) || !isOfClient(path.get(0)) || !mayIssue(authority, path.size() - 1)) {
            return false;
        }
        for (int i = 0; i < path.size(); i++) {
            X509CertificateHolder one = path.get(i);
            if (!one.isValidOn(time) || !isSupported(one) || (i > 0 && !mayIssue(one, i - 1))) {
                return false;
            }
        }
        SubjectPublicKeyInfo key = authority.getSubjectPublicKeyInfo();
        for (int i = path.size() - 1; i >= 0; i--) {
            if (!isSigned(path.get(i), key)) {
                return false;
            }
            key = path.get(i).getSubjectPublicKeyInfo();
        }
        return true;
    }

    private static boolean isOfClient(X509CertificateHolder leaf) {
        KeyUsage usage = KeyUsage.fromExtensions(leaf.getExtensions());
        return (usage == null || usage.hasUsages(KeyUsage.digitalSignature)) && hasPurpose(leaf);
    }

    /** Whether a certificate may be used for clients (RFC 5280 §4.2.1.12). An authority gives no purpose that it does not have. */
    private static boolean hasPurpose(X509CertificateHolder certificate) {
        ExtendedKeyUsage purposes = ExtendedKeyUsage.fromExtensions(certificate.getExtensions());
        return purposes == null
                || purposes.hasKeyPurposeId(KeyPurposeId.id_kp_clientAuth)
                || purposes.hasKeyPurposeId(KeyPurposeId.anyExtendedKeyUsage);
    }

    /** {@code below}: the authorities between this one and the certificate of the client. */
    private static boolean mayIssue(X509CertificateHolder issuer, int below) {
        BasicConstraints constraints = BasicConstraints.fromExtensions(issuer.getExtensions());
        KeyUsage usage = KeyUsage.fromExtensions(issuer.getExtensions());
        return constraints != null
                && constraints.isCA()
                && (constraints.getPathLenConstraint() == null
                        || constraints.getPathLenConstraint().intValue() >= below)
                && (usage == null || usage.hasUsages(KeyUsage.keyCertSign))
                && hasPurpose(issuer)
                && isSupported(issuer);
    }

    private static boolean isSupported(X509CertificateHolder certificate) {
        for (Object critical : certificate.getCriticalExtensionOIDs()) {
            if (!KNOWN.contains(critical)) {
                return false;
            }
        }
        return UNSUPPORTED.stream().allMatch(extension -> certificate.getExtension(extension) == null);
    }

    private static boolean isSigned(X509CertificateHolder certificate, SubjectPublicKeyInfo key) {
        String algorithm = certificate.getSignatureAlgorithm().getAlgorithm().getId();
        try {
            return ALGORITHMS.contains(algorithm)
                    && certificate.isSignatureValid(new JcaContentVerifierProviderBuilder()
                            .setProvider(PROVIDER)
                            .build(key));
        } catch (CertException | OperatorCreationException unfit) {
            // The key is of another type than the signature.
            return false;
        }
    }
}
