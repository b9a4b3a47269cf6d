-- All tokens that come from one grant, through any number of refreshes, are one family: what is misused, goes together.
ALTER TABLE oauth2_tokens ADD COLUMN family_id uuid;
CREATE INDEX oauth2_tokens_family ON oauth2_tokens (family_id) WHERE family_id IS NOT NULL;

CREATE TABLE oauth2_authorization_codes (
    id                   uuid PRIMARY KEY,
    created_at           bigint NOT NULL,
    -- Null: the plugin has global_credentials, and the code belongs to it alone.
    service_id           uuid CONSTRAINT oauth2_authorization_codes_service_fkey REFERENCES services ON DELETE CASCADE,
    credential_id        uuid NOT NULL
                         CONSTRAINT oauth2_authorization_codes_credential_fkey
                         REFERENCES oauth2_credentials ON DELETE CASCADE,
    plugin_id            uuid NOT NULL
                         CONSTRAINT oauth2_authorization_codes_plugin_fkey REFERENCES plugins ON DELETE CASCADE,
    code_digest          bytea NOT NULL CONSTRAINT oauth2_authorization_codes_code_key UNIQUE,
    authenticated_userid text NOT NULL,
    scope                text,
    challenge            text,
    challenge_method     text,
    family_id            uuid NOT NULL,
    -- A consumed code stays a while: presented again, it gives its thief away.
    consumed_at          bigint,
    delete_at            bigint NOT NULL
);
CREATE INDEX oauth2_authorization_codes_service ON oauth2_authorization_codes (service_id) WHERE service_id IS NOT NULL;
CREATE INDEX oauth2_authorization_codes_credential ON oauth2_authorization_codes (credential_id);
CREATE INDEX oauth2_authorization_codes_plugin ON oauth2_authorization_codes (plugin_id);
CREATE INDEX oauth2_authorization_codes_delete_at ON oauth2_authorization_codes (delete_at);

-- Refresh tokens that were exchanged for new ones: presented again, one of the two holders is not the client.
CREATE TABLE oauth2_rotated_tokens (
    refresh_token_digest bytea PRIMARY KEY,
    credential_id        uuid NOT NULL
                         CONSTRAINT oauth2_rotated_tokens_credential_fkey
                         REFERENCES oauth2_credentials ON DELETE CASCADE,
    family_id            uuid NOT NULL,
    rotated_at           bigint NOT NULL,
    delete_at            bigint NOT NULL
);
CREATE INDEX oauth2_rotated_tokens_credential ON oauth2_rotated_tokens (credential_id);
CREATE INDEX oauth2_rotated_tokens_delete_at ON oauth2_rotated_tokens (delete_at);
