package io.gatehouse.issuer;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.CaCertificate;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.PresentedCertificate;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.syntax.CertificateName;
import io.gatehouse.syntax.IpRange;
import io.gatehouse.syntax.JsonWebKeySet;
import io.gatehouse.syntax.PemCertificate;
import io.vertx.core.Future;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies the certificates that clients authenticate with (RFC 8705 §2): of an authority, or registered. The TLS handshake has proven
 * that the client has the key.
 *
 * <p><i>Threading</i>: the verticle's event loop. Certificates are read and verified on worker threads.
 */
final class CertificateVerifier {
    private static final Logger LOG = LoggerFactory.getLogger(CertificateVerifier.class);

    private final SignatureVerifier signatures;
    private final Supplier<@Nullable Catalog> catalog;
    private final LongSupplier clock;

    /** {@code clock} returns seconds since the epoch, by PostgreSQL's clock. */
    CertificateVerifier(SignatureVerifier signatures, Supplier<@Nullable Catalog> catalog, LongSupplier clock) {
        this.signatures = signatures;
        this.catalog = catalog;
        this.clock = clock;
    }

    /**
     * Returns whether the request has a certificate of the client, by the client's method. Fails with {@link IssuerUnavailable} if too many
     * verifications are pending.
     */
    Future<Boolean> isOf(Client client, IssuerRequest request) {
        PresentedCertificate presented = request.message().certificate();
        if (presented == null) {
            return Future.succeededFuture(false);
        }
        Date now = Date.from(Instant.ofEpochSecond(clock.getAsLong()));
        List<UUID> authorities = request.config().mtlsAuthorities();
        // A flood of foreign certificates delays those of its own network alone.
        String signer = "certificate " + client.clientId() + " "
                + IpRange.network(request.message().clientAddress());
        return signatures
                .verify(
                        signer,
                        new Object(),
                        CredentialDigest.of(presented.leaf()),
                        () -> isOf(client, presented, authorities, now))
                .recover(failure -> Future.failedFuture(
                        failure instanceof ProxyException
                                ? new IssuerUnavailable("too many certificates to verify")
                                : failure));
    }

    private boolean isOf(Client client, PresentedCertificate presented, List<UUID> authorities, Date now) {
        try {
            byte[] encoded = Base64.getDecoder().decode(presented.leaf());
            X509CertificateHolder leaf = new X509CertificateHolder(encoded);
            if (!leaf.isValidOn(now)) {
                return false;
            }
            if (CertificateProfile.REGISTERED_METHOD.equals(client.metadata().authenticationMethod())) {
                return isRegistered(client, encoded);
            }
            CertificateName name = client.metadata().certificateName();
            return name != null
                    && hasName(leaf, name)
                    && CertificateChain.isIssued(leaf, holders(presented.chain()), trusted(authorities), now);
        } catch (IOException | RuntimeException malformed) {
            // Bouncy Castle reads the parts of a certificate when they are used.
            LOG.debug("the certificate of client {} cannot be read", client.clientId(), malformed);
            return false;
        }
    }

    private static boolean isRegistered(Client client, byte[] encoded) {
        String jwks = client.metadata().jwks();
        return jwks != null
                && JsonWebKeySet.certificates(jwks).stream()
                        .anyMatch(
                                registered -> Arrays.equals(Base64.getDecoder().decode(registered), encoded));
    }

    private static boolean hasName(X509CertificateHolder leaf, CertificateName name) {
        if (name.kind() == CertificateName.Kind.SUBJECT) {
            X500Name registered = X500Name.getInstance(new X500Principal(name.value()).getEncoded());
            return DistinguishedName.areSame(registered, leaf.getSubject());
        }
        if (leaf.getExtension(Extension.subjectAlternativeName) == null) {
            return false;
        }
        GeneralNames names = GeneralNames.fromExtensions(leaf.getExtensions(), Extension.subjectAlternativeName);
        return Arrays.stream(names.getNames()).anyMatch(one -> isSame(one, name));
    }

    private static boolean isSame(GeneralName one, CertificateName name) {
        return switch (name.kind()) {
            case DNS ->
                one.getTagNo() == GeneralName.dNSName
                        && name.value().equalsIgnoreCase(one.getName().toString());
            case URI ->
                one.getTagNo() == GeneralName.uniformResourceIdentifier
                        && name.value().equals(one.getName().toString());
            case EMAIL ->
                one.getTagNo() == GeneralName.rfc822Name
                        && name.value().equals(one.getName().toString());
            case IP ->
                one.getTagNo() == GeneralName.iPAddress
                        && Arrays.equals(
                                IpRange.address(name.value()),
                                ASN1OctetString.getInstance(one.getName()).getOctets());
            case SUBJECT -> false;
        };
    }

    private static List<X509CertificateHolder> holders(List<String> chain) throws IOException {
        List<X509CertificateHolder> holders = new ArrayList<>(chain.size());
        for (String one : chain) {
            holders.add(new X509CertificateHolder(Base64.getDecoder().decode(one)));
        }
        return holders;
    }

    /** The authorities of the plugin. One that does not exist issues nothing. */
    private List<X509CertificateHolder> trusted(List<UUID> ids) throws IOException {
        Catalog current = catalog.get();
        List<X509CertificateHolder> trusted = new ArrayList<>(ids.size());
        for (UUID id : ids) {
            Optional<CaCertificate> authority = current == null ? Optional.empty() : current.caCertificate(id);
            if (authority.isEmpty()) {
                LOG.warn("mtls_ca_certificates of a plugin has {}, which does not exist: it is not trusted", id);
                continue;
            }
            for (X509Certificate one : PemCertificate.chain(authority.get().cert())) {
                trusted.add(holder(one));
            }
        }
        return trusted;
    }

    private static X509CertificateHolder holder(X509Certificate authority) throws IOException {
        try {
            return new X509CertificateHolder(authority.getEncoded());
        } catch (CertificateEncodingException e) {
            throw new IOException(e);
        }
    }
}
