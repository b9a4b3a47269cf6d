package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds a certificate chain with its private key in PEM, and an optional second pair with another type of key.
 *
 * @param key must not be logged
 */
public record CertifiedKey(
        UUID id,
        String cert,
        String key,
        @Nullable String certAlt,
        @Nullable String keyAlt) {

    public static CertifiedKey of(Document document) {
        return new CertifiedKey(
                document.id(),
                document.string("cert"),
                document.string("key"),
                document.optionalString("cert_alt"),
                document.optionalString("key_alt"));
    }

    @Override
    public String toString() {
        return "CertifiedKey[" + id + "]";
    }
}
