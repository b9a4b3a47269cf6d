-- Authorization requests that clients have pushed (RFC 9126).
CREATE TABLE oauth2_pushed_requests (
    reference_digest bytea PRIMARY KEY,
    credential_id    uuid NOT NULL
                     CONSTRAINT oauth2_pushed_requests_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    plugin_id        uuid NOT NULL
                     CONSTRAINT oauth2_pushed_requests_plugin_fkey REFERENCES plugins ON DELETE CASCADE,
    parameters       jsonb NOT NULL,
    -- Set when the request is authorized, once. A proxy repeats a request with the same attempt if an issuer does not reply.
    attempt_digest   bytea,
    delete_at        bigint NOT NULL
);
-- The first one counts a client's requests, the last one finds those to delete.
CREATE INDEX oauth2_pushed_requests_credential ON oauth2_pushed_requests (credential_id, delete_at);
CREATE INDEX oauth2_pushed_requests_plugin ON oauth2_pushed_requests (plugin_id);
CREATE INDEX oauth2_pushed_requests_delete_at ON oauth2_pushed_requests (delete_at);
