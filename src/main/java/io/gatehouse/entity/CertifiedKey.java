package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A certificate chain with its private key, both in PEM; perhaps a second pair of another kind of key.
 *
 * @param key never to be logged
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
