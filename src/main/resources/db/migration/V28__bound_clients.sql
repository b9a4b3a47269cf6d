ALTER TABLE oauth2_metadata
    -- Whether each token of a client is bound to a key (RFC 9449 section 5.2), or to a certificate (RFC 8705 section 3.4).
    ADD COLUMN dpop_bound_access_tokens                   boolean NOT NULL DEFAULT false,
    ADD COLUMN tls_client_certificate_bound_access_tokens boolean NOT NULL DEFAULT false,
    -- The name of a client's certificate (RFC 8705 section 2.1.2).
    ADD COLUMN tls_client_auth_subject_dn                 text,
    ADD COLUMN tls_client_auth_san_dns                    text,
    ADD COLUMN tls_client_auth_san_uri                    text,
    ADD COLUMN tls_client_auth_san_ip                     text,
    ADD COLUMN tls_client_auth_san_email                  text,
    -- The grants that a client may use, by the names of RFC 7591 section 2. Null: each that the plugin has.
    ADD COLUMN grant_types                                jsonb;
