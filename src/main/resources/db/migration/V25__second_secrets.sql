-- The second secret of an application, beside client_secret, while a secret is replaced: see V1 for how a schema's fields become
-- columns. decK replaces a credential as a whole and would unset a field that it does not have.
CREATE TABLE oauth2_secrets (
    id            uuid PRIMARY KEY,
    created_at    bigint NOT NULL,
    credential_id uuid NOT NULL
                  CONSTRAINT oauth2_secrets_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    client_secret text NOT NULL,
    hash_secret   boolean NOT NULL,
    tags          jsonb,
    -- Two active secrets: this one and client_secret.
    CONSTRAINT oauth2_secrets_together_key UNIQUE (credential_id)
);
CREATE INDEX oauth2_secrets_tags ON oauth2_secrets USING gin (tags);
