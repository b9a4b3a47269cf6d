package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;

/** Assigns a certificate to a server name. */
public record Sni(UUID id, String name, UUID certificateId) {

    public static Sni of(Document document) {
        UUID certificate = document.reference("certificate");
        if (certificate == null) {
            throw new IllegalStateException("an SNI names a certificate");
        }
        return new Sni(document.id(), document.string("name"), certificate);
    }
}
