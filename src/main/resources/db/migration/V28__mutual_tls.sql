-- The certificate that a token is bound to (RFC 8705 section 3.1): its digest. Null: none.
ALTER TABLE oauth2_tokens ADD COLUMN x5t_s256 text;

-- The name of a client's certificate (RFC 8705 section 2.1.2), and whether its tokens are bound to the certificate (section 3.4).
ALTER TABLE oauth2_metadata
    ADD COLUMN tls_client_auth_subject_dn                 text,
    ADD COLUMN tls_client_auth_san_dns                    text,
    ADD COLUMN tls_client_auth_san_uri                    text,
    ADD COLUMN tls_client_auth_san_ip                     text,
    ADD COLUMN tls_client_auth_san_email                  text,
    ADD COLUMN tls_client_certificate_bound_access_tokens boolean NOT NULL DEFAULT false;
