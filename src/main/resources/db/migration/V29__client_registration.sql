-- Clients that have registered themselves (RFC 7591), with the digest of the token that manages each (RFC 7592). A row outlives its
-- plugin, so that its client does not become one of other plugins.
CREATE TABLE oauth2_registrations (
    token_digest  bytea PRIMARY KEY,
    credential_id uuid NOT NULL CONSTRAINT oauth2_registrations_credential_key UNIQUE
                  CONSTRAINT oauth2_registrations_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    plugin_id     uuid NOT NULL
);
CREATE INDEX oauth2_registrations_plugin ON oauth2_registrations (plugin_id);

-- The registrations of the last minute, also of clients that have been deleted since.
CREATE TABLE oauth2_recent_registrations (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    plugin_id uuid NOT NULL,
    delete_at bigint NOT NULL
);
CREATE INDEX oauth2_recent_registrations_plugin ON oauth2_recent_registrations (plugin_id, delete_at);
CREATE INDEX oauth2_recent_registrations_delete_at ON oauth2_recent_registrations (delete_at);
