package io.gatehouse.entity.schema;

import io.gatehouse.schema.CommonFields;
import io.gatehouse.schema.Document;
import io.gatehouse.schema.EntityCheck;
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
                                    .matches(
                                            pem -> !PemCertificate.chain(pem).isEmpty(),
                                            pem -> "invalid certificate: not X.509 in PEM"),
                            Field.string("cert_digest").unique(),
                            CommonFields.tags()),
                    EntityCheck.custom("cert", CaCertificatesSchema::violation, "cert"))
            .expandedBy(CaCertificatesSchema::withDigest);

    private CaCertificatesSchema() {}

    private static @Nullable String violation(Document authority) {
        List<X509Certificate> chain = PemCertificate.chain(authority.string("cert"));
        if (chain.size() > 1) {
            return "please submit only one certificate at a time";
        }
        if (chain.get(0).getNotAfter().toInstant().isBefore(Instant.now())) {
            return "certificate expired, \"Not After\" time is in the past";
        }
        return chain.get(0).getBasicConstraints() < 0
                ? "certificate does not appear to be a CA because it is missing the \"CA\" basic constraint"
                : null;
    }

    /** Computes the digest of the certificate. It is unique, so an authority is stored once. */
    private static Map<String, @Nullable Object> withDigest(Map<String, @Nullable Object> given) {
        List<X509Certificate> chain = given.get("cert") instanceof String pem ? PemCertificate.chain(pem) : List.of();
        if (chain.isEmpty()) {
            return given;
        }
        Map<String, @Nullable Object> expanded = new LinkedHashMap<>(given);
        expanded.put("cert_digest", PemCertificate.digest(chain.get(0)));
        return expanded;
    }
}
