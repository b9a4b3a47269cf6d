package io.gatehouse.syntax;

import javax.security.auth.x500.X500Principal;

/** A name by which a certificate identifies a client: its subject, or one alternative name of it (RFC 8705 §2.1.2). */
public record CertificateName(Kind kind, String value) {

    /** Lists the kinds, each with the name of its field. */
    public enum Kind {
        /** A distinguished name in the form of RFC 4514. */
        SUBJECT("tls_client_auth_subject_dn"),
        DNS("tls_client_auth_san_dns"),
        URI("tls_client_auth_san_uri"),
        IP("tls_client_auth_san_ip"),
        EMAIL("tls_client_auth_san_email");

        private final String field;

        Kind(String field) {
            this.field = field;
        }

        public String field() {
            return field;
        }
    }

    /** Returns whether the value is a name of its kind. No name is resolved. */
    public boolean isValid() {
        return switch (kind) {
            case SUBJECT -> isDistinguishedName(value);
            case IP -> IpRange.address(value) != null;
            default -> !value.isEmpty();
        };
    }

    private static boolean isDistinguishedName(String text) {
        try {
            return !new X500Principal(text).getName().isEmpty();
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }
}
