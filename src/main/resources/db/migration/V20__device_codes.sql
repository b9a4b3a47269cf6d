-- Devices that wait for a resource owner (RFC 8628). An approval adds the row of an authorization code with the same digest, which
-- the device redeems.
CREATE TABLE oauth2_device_codes (
    device_digest    bytea PRIMARY KEY,
    -- Of the plugin's id and the user code.
    user_digest      bytea NOT NULL CONSTRAINT oauth2_device_codes_user_key UNIQUE,
    credential_id    uuid NOT NULL
                     CONSTRAINT oauth2_device_codes_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    plugin_id        uuid NOT NULL CONSTRAINT oauth2_device_codes_plugin_fkey REFERENCES plugins ON DELETE CASCADE,
    scope            text,
    resource         text,
    -- Null: the owner has not decided. A proxy repeats a decision with the same attempt if an issuer does not reply.
    approved         boolean,
    attempt_digest   bytea,
    -- Seconds between two polls, and the time of the last one.
    poll_interval    bigint NOT NULL,
    polled_at        double precision,
    expires_at       bigint NOT NULL,
    -- Later than expires_at, so that a device learns that its code has expired.
    delete_at        bigint NOT NULL
);
-- The first one counts a client's codes, the last one finds those to delete.
CREATE INDEX oauth2_device_codes_credential ON oauth2_device_codes (credential_id, expires_at);
CREATE INDEX oauth2_device_codes_plugin ON oauth2_device_codes (plugin_id);
CREATE INDEX oauth2_device_codes_delete_at ON oauth2_device_codes (delete_at);
