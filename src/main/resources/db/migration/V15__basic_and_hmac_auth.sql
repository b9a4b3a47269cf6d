-- Credentials of the basic-auth plugin. BasicState computes the same digest.
CREATE TABLE basicauth_credentials (
    id              uuid PRIMARY KEY,
    created_at      bigint NOT NULL,
    consumer_id     uuid NOT NULL CONSTRAINT basicauth_credentials_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    username        text NOT NULL CONSTRAINT basicauth_credentials_username_key UNIQUE,
    username_digest bytea NOT NULL GENERATED ALWAYS AS (gatehouse_digest('basic-auth:' || username)) STORED,
    -- The hash that docs/reference/plugins.md#basic-auth describes.
    password        text NOT NULL,
    tags            jsonb
);
CREATE INDEX basicauth_credentials_username_digest ON basicauth_credentials (username_digest);
CREATE INDEX basicauth_credentials_consumer ON basicauth_credentials (consumer_id);
CREATE INDEX basicauth_credentials_tags ON basicauth_credentials USING gin (tags);

-- Credentials of the hmac-auth plugin. HmacState computes the same digest.
CREATE TABLE hmacauth_credentials (
    id              uuid PRIMARY KEY,
    created_at      bigint NOT NULL,
    consumer_id     uuid NOT NULL CONSTRAINT hmacauth_credentials_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    username        text NOT NULL CONSTRAINT hmacauth_credentials_username_key UNIQUE,
    username_digest bytea NOT NULL GENERATED ALWAYS AS (gatehouse_digest('hmac-auth:' || username)) STORED,
    -- In clear, because checking a signature needs it.
    secret          text NOT NULL,
    tags            jsonb
);
CREATE INDEX hmacauth_credentials_username_digest ON hmacauth_credentials (username_digest);
CREATE INDEX hmacauth_credentials_consumer ON hmacauth_credentials (consumer_id);
CREATE INDEX hmacauth_credentials_tags ON hmacauth_credentials USING gin (tags);
