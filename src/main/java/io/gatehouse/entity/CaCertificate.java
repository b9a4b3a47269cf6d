package io.gatehouse.entity;

import io.gatehouse.schema.Document;
import java.util.UUID;

/** Holds a certificate authority that is trusted for upstreams; {@code cert} is PEM. */
public record CaCertificate(UUID id, String cert) {

    public static CaCertificate of(Document document) {
        return new CaCertificate(document.id(), document.string("cert"));
    }
}
