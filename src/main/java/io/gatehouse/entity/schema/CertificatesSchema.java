package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.PemCertificate;
import io.gatehouse.syntax.VaultReference;
import io.gatehouse.tls.PemPrivateKey;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Declares certificates with keys (docs/reference/admin-api.md#entities): for listeners by SNI, or as client certificates for upstreams. */
final class CertificatesSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
            "certificates",
            null,
            List.of(
                    CommonFields.id(),
                    CommonFields.createdAt(),
                    CommonFields.updatedAt(),
                    chain("cert").required(),
                    key("key").required(),
                    chain("cert_alt"),
                    key("key_alt"),
                    CommonFields.tags(),
                    Field.keysOf("snis", SnisSchema.name(Field.element()))),
            EntityCheck.custom(
                    "cert_key", certificate -> pairViolation(certificate, "cert", "key", "certificate"), "cert", "key"),
            EntityCheck.custom(
                    "cert_alt_key_alt", CertificatesSchema::alternativeViolation, "cert", "cert_alt", "key_alt"));

    private CertificatesSchema() {}

    private static Field chain(String name) {
        return Field.string(name)
                .referenceable()
                .format("pem-certificates")
                .matches(pem -> !PemCertificate.chain(pem).isEmpty(), pem -> "invalid certificate: not X.509 in PEM");
    }

    private static Field key(String name) {
        return Field.string(name)
                .referenceable()
                .format("pem-private-key")
                .matches(pem -> PemPrivateKey.parse(pem) != null, pem -> "invalid key: no private key in PEM");
    }

    private static @Nullable String pairViolation(
            Document certificate, String certField, String keyField, String noun) {
        String cert = certificate.optionalString(certField);
        String key = certificate.optionalString(keyField);
        if (cert == null && key == null) {
            return null;
        }
        if (cert == null || key == null) {
            return "all or none of these fields must be set: '" + certField + "', '" + keyField + "'";
        }
        if (VaultReference.isReference(cert) || VaultReference.isReference(key)) {
            return null;
        }
        X509Certificate leaf = PemCertificate.chain(cert).get(0);
        PrivateKey parsed = PemPrivateKey.parse(key);
        return parsed != null && PemPrivateKey.isPair(leaf.getPublicKey(), parsed)
                ? null
                : noun + " does not match key";
    }

    /**
     * Checks the second pair.
     *
     * <p><i>Why</i>: a listener chooses between the pairs by the types of keys that the client supports. A second one of the same type
     * would never be served.
     */
    private static @Nullable String alternativeViolation(Document certificate) {
        String mismatch = pairViolation(certificate, "cert_alt", "key_alt", "alternative certificate");
        if (mismatch != null) {
            return mismatch;
        }
        String cert = certificate.optionalString("cert");
        String alternative = certificate.optionalString("cert_alt");
        if (cert == null
                || alternative == null
                || VaultReference.isReference(cert)
                || VaultReference.isReference(alternative)) {
            return null;
        }
        return keyType(cert).equals(keyType(alternative))
                ? "certificate and alternative certificate need to have different type (e.g. RSA and ECDSA), the provided"
                        + " certificates were both of the same type"
                : null;
    }

    private static String keyType(String pem) {
        return PemCertificate.chain(pem).get(0).getPublicKey().getAlgorithm();
    }
}
