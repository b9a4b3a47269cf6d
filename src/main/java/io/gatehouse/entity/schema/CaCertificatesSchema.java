package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.schema.Field;
import io.gatehouse.syntax.PemCertificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Declares the certificate authorities for upstreams (docs/reference/admin-api.md#entities). */
final class CaCertificatesSchema {
    static final EntitySchema SCHEMA = EntitySchema.of(
                    "ca_certificates",
                    null,
                    List.of(
                            CommonFields.id(),
                            CommonFields.createdAt(),
                            CommonFields.updatedAt(),
                            Field.string("cert")
                                    .required()
                                    .format("pem-authority")
                                    .check(pem -> violation((String) pem)),
                            Field.string("cert_digest").unique(),
                            CommonFields.tags()))
            .expandedBy(CaCertificatesSchema::withDigest);

    private CaCertificatesSchema() {}

    private static @Nullable Object violation(String pem) {
        List<X509Certificate> chain = PemCertificate.chain(pem);
        if (chain.isEmpty()) {
            return "invalid certificate: not X.509 in PEM";
        }
        if (chain.size() > 1) {
            return "please submit only one certificate at a time";
        }
        if (chain.get(0).getBasicConstraints() < 0) {
            return "certificate does not appear to be a CA because it is missing the \"CA\" basic constraint";
        }
        return chain.get(0).getNotAfter().toInstant().isBefore(Instant.now())
                ? "certificate expired, \"Not After\" time is in the past"
                : null;
    }

    /** Computes the digest of the certificate. It is unique, so an authority is stored once. */
    private static Map<String, @Nullable Object> withDigest(Map<String, @Nullable Object> given) {
        if (!(given.get("cert") instanceof String pem) || violation(pem) != null) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        expanded.put(
                "cert_digest", PemCertificate.digest(PemCertificate.chain(pem).get(0)));
        return expanded;
    }
}
