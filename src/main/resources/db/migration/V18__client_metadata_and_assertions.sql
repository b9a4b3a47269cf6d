-- What a client registers beside its credentials, by the names of RFC 7591 section 2: see V1 for how a schema's fields become
-- columns. decK replaces a credential as a whole and would unset a field that it does not have.
CREATE TABLE oauth2_metadata (
    id                         uuid PRIMARY KEY,
    created_at                 bigint NOT NULL,
    updated_at                 bigint NOT NULL,
    credential_id              uuid NOT NULL
                               CONSTRAINT oauth2_metadata_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    token_endpoint_auth_method text,
    jwks                       text,
    tags                       jsonb,
    CONSTRAINT oauth2_metadata_together_key UNIQUE (credential_id)
);
CREATE INDEX oauth2_metadata_tags ON oauth2_metadata USING gin (tags);

-- The assertions that clients have used (RFC 7523 section 3, 7): each is accepted once.
CREATE TABLE oauth2_assertions (
    credential_id  uuid NOT NULL
                   CONSTRAINT oauth2_assertions_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    jti_digest     bytea NOT NULL,
    -- A proxy repeats a request with the same attempt if an issuer does not reply.
    attempt_digest bytea NOT NULL,
    -- The assertion has expired by every issuer's clock.
    delete_at      bigint NOT NULL,
    PRIMARY KEY (credential_id, jti_digest)
);
-- The first one counts a client's assertions, the second one finds those to delete.
CREATE INDEX oauth2_assertions_credential ON oauth2_assertions (credential_id, delete_at);
CREATE INDEX oauth2_assertions_delete_at ON oauth2_assertions (delete_at);
