package io.gatehouse.issuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.gatehouse.testing.Certificates;
import io.gatehouse.testing.Certificates.Certified;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.cert.X509CertificateHolder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests which certificates of clients an authority has issued (RFC 5280 §6). */
class CertificateChainTest {
    private static final Certified root = Certificates.authority("root");

    private static Date now() {
        return Date.from(Instant.now());
    }

    private static Instant past() {
        return Instant.now().minus(Duration.ofMinutes(1));
    }

    private static Certificates.Builder client() {
        return Certificates.of("CN=client").issuedBy(root);
    }

    private static boolean isIssued(Certified leaf, Certified... others) {
        return isIssuedBy(root, leaf, others);
    }

    private static boolean isIssuedBy(Certified trusted, Certified leaf, Certified... others) {
        List<X509CertificateHolder> chain =
                Arrays.stream(others).map(Certified::certificate).toList();
        return CertificateChain.isIssued(leaf.certificate(), chain, List.of(trusted.certificate()), now());
    }

    private static Certified intermediate(String name, Certified issuer, @Nullable Integer below) {
        return Certificates.of("CN=" + name).issuedBy(issuer).authority(below).sign();
    }

    @Test
    void certificateOfAnAuthority_isIssued() {
        assertThat(isIssued(client().sign())).isTrue();
        assertThat(isIssued(client().with(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                        .with(Extension.extendedKeyUsage, true, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                        .sign()))
                .isTrue();
        assertThat(CertificateChain.isIssued(client().sign().certificate(), List.of(), List.of(), now()))
                .isFalse();
    }

    @Test
    void certificateOfAnotherAuthority_isNotIssued() {
        Certified imposter = Certificates.authority("root");

        assertThat(isIssued(Certificates.of("CN=client").issuedBy(imposter).sign()))
                .isFalse();
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(imposter).sign(), imposter))
                .isFalse();
        assertThat(isIssued(Certificates.of("CN=client").sign())).isFalse();
        assertThat(isIssued(Certificates.of("CN=root").sign())).isFalse();
    }

    @Test
    void secondAuthorityOfTheSameName_isTriedToo() {
        Certified renewed = Certificates.authority("root");
        Certified leaf = Certificates.of("CN=client").issuedBy(renewed).sign();

        assertThat(CertificateChain.isIssued(
                        leaf.certificate(), List.of(), List.of(root.certificate(), renewed.certificate()), now()))
                .isTrue();
    }

    @Test
    void chain_leadsToTheAuthorityInAnyOrder() {
        Certified one = intermediate("one", root, null);
        Certified two = intermediate("two", one, 0);
        Certified leaf = Certificates.of("CN=client").issuedBy(two).sign();

        assertThat(isIssued(leaf, two, one)).isTrue();
        assertThat(isIssued(leaf, one, two)).isTrue();
        assertThat(isIssued(leaf, two)).isFalse();
        assertThat(isIssued(leaf)).isFalse();
    }

    /** RFC 5280 §7.1. */
    @Test
    void nameInAnotherOrder_isAnotherName() {
        Certified one = Certificates.of("O=Company,CN=one")
                .issuedBy(root)
                .authority(null)
                .sign();
        Certified reversed = Certificates.of("CN=one,O=Company")
                .issuedBy(root)
                .withKeys(one.keys())
                .authority(null)
                .sign();
        Certified leaf = Certificates.of("CN=client").issuedBy(one).sign();

        assertThat(isIssued(leaf, one)).isTrue();
        assertThat(isIssued(leaf, reversed)).isFalse();
    }

    /** A client chooses the names of its chain. */
    @Test
    void longNames_areComparedInOnePass() {
        List<String> parts =
                IntStream.range(0, 20_000).mapToObj(i -> "CN=" + i).collect(Collectors.toCollection(ArrayList::new));
        Certified issuer = Certificates.of(String.join(",", parts) + ",CN=a")
                .authority(null)
                .sign();
        Collections.reverse(parts);
        Certified other = Certificates.of(String.join(",", parts) + ",CN=b")
                .authority(null)
                .sign();
        Certified leaf = Certificates.of("CN=client").issuedBy(issuer).sign();

        boolean isIssued = assertTimeoutPreemptively(Duration.ofSeconds(5), () -> isIssued(leaf, other));

        assertThat(isIssued).isFalse();
    }

    @Test
    void intermediateThatIsNoAuthority_issuesNothing() {
        Certified leafOfALeaf =
                Certificates.of("CN=victim").issuedBy(client().sign()).sign();
        assertThat(isIssued(leafOfALeaf, client().sign())).isFalse();
        Certified other = client().sign();
        assertThat(isIssued(Certificates.of("CN=victim").issuedBy(other).sign(), other))
                .isFalse();

        Certified withoutUsage = Certificates.of("CN=one")
                .issuedBy(root)
                .authority(null)
                .with(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
                .sign();
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(withoutUsage).sign(), withoutUsage))
                .isFalse();
        Certified denied = Certificates.of("CN=one")
                .issuedBy(root)
                .with(Extension.basicConstraints, true, new BasicConstraints(false))
                .sign();
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(denied).sign(), denied))
                .isFalse();
    }

    @Test
    void pathLength_isLimitedByTheAuthorities() {
        Certified one = intermediate("one", root, 0);
        Certified two = intermediate("two", one, null);
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(one).sign(), one))
                .isTrue();
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(two).sign(), two, one))
                .isFalse();

        Certified flat = Certificates.of("CN=flat").authority(0).sign();
        Certified below = intermediate("below", flat, null);
        assertThat(isIssuedBy(flat, Certificates.of("CN=client").issuedBy(flat).sign()))
                .isTrue();
        assertThat(isIssuedBy(flat, Certificates.of("CN=client").issuedBy(below).sign(), below))
                .isFalse();
    }

    @Test
    void longChain_isNotIssued() {
        Certified issuer = root;
        Certified[] chain = new Certified[5];
        for (int i = 0; i < chain.length; i++) {
            issuer = intermediate("number " + i, issuer, null);
            chain[i] = issuer;
            boolean isShort = i < 4;
            Certified leaf = Certificates.of("CN=client").issuedBy(issuer).sign();
            assertThat(isIssued(leaf, Arrays.copyOf(chain, i + 1))).isEqualTo(isShort);
        }
    }

    @Test
    void circle_ends() {
        Certified one = Certificates.of("CN=one").authority(null).sign();
        Certified two = intermediate("two", one, null);
        Certified again = Certificates.of("CN=one")
                .issuedBy(two)
                .withKeys(one.keys())
                .authority(null)
                .sign();

        assertThat(isIssued(Certificates.of("CN=client").issuedBy(again).sign(), again, two, again))
                .isFalse();
    }

    @Test
    void everyCertificate_isValidAtTheTime() {
        assertThat(isIssued(client().validUntil(past()).sign())).isFalse();
        assertThat(isIssued(client().validFrom(Instant.now().plus(Duration.ofMinutes(10)))
                        .sign()))
                .isFalse();
        Certified expired = Certificates.of("CN=one")
                .issuedBy(root)
                .authority(null)
                .validUntil(past())
                .sign();
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(expired).sign(), expired))
                .isFalse();
        Certified expiredRoot =
                Certificates.of("CN=old").authority(null).validUntil(past()).sign();
        assertThat(isIssuedBy(
                        expiredRoot,
                        Certificates.of("CN=client").issuedBy(expiredRoot).sign()))
                .isFalse();
    }

    @Test
    void certificateForAnotherPurpose_isNotOfAClient() {
        assertThat(isIssued(client().with(
                                Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_serverAuth))
                        .sign()))
                .isFalse();
        assertThat(isIssued(client().with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyEncipherment))
                        .sign()))
                .isFalse();
    }

    @Test
    void authorityForAnotherPurpose_issuesNothingForClients() {
        Certified mail = authorityFor(KeyPurposeId.id_kp_emailProtection);
        Certified leaf = Certificates.of("CN=client")
                .issuedBy(mail)
                .with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(KeyPurposeId.id_kp_clientAuth))
                .sign();
        assertThat(isIssued(leaf, mail)).isFalse();
        assertThat(isIssuedBy(mail, leaf)).isFalse();

        for (KeyPurposeId purpose : List.of(KeyPurposeId.id_kp_clientAuth, KeyPurposeId.anyExtendedKeyUsage)) {
            Certified issuer = authorityFor(purpose);
            assertThat(isIssued(Certificates.of("CN=client").issuedBy(issuer).sign(), issuer))
                    .isTrue();
        }
    }

    private static Certified authorityFor(KeyPurposeId purpose) {
        return Certificates.of("CN=authority")
                .issuedBy(root)
                .authority(null)
                .with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose))
                .sign();
    }

    @Test
    void unsupportedExtension_isRefused() {
        assertThat(isIssued(client().with(new ASN1ObjectIdentifier("1.2.3.4"), true, DERNull.INSTANCE)
                        .sign()))
                .isFalse();
        assertThat(isIssued(client().with(new ASN1ObjectIdentifier("1.2.3.4"), false, DERNull.INSTANCE)
                        .sign()))
                .isTrue();
        Certified constrained = Certificates.of("CN=one")
                .issuedBy(root)
                .authority(null)
                .with(
                        Extension.nameConstraints,
                        false,
                        new NameConstraints(
                                new GeneralSubtree[] {
                                    new GeneralSubtree(new GeneralName(GeneralName.dNSName, "example.com"))
                                },
                                null))
                .sign();
        assertThat(isIssued(Certificates.of("CN=client").issuedBy(constrained).sign(), constrained))
                .isFalse();
    }

    @Test
    void weakSignature_isRefused() {
        assertThat(isIssued(client().signedWith("SHA1withECDSA").sign())).isFalse();
        assertThat(isIssued(client().signedWith("SHA512withECDSA").sign())).isTrue();
    }
}
