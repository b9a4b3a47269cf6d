-- Credentials of the plugins key-auth and jwt, and the groups of acl. Proxies ask about them by digest, as they do about
-- tokens, so that what a client shows need not travel to be looked up. io.gatehouse.oauth.KeyFacts, ConsumerGroups and
-- JwtFacts compute the same digests.

-- Immutable, unlike convert_to, since the encoding is named.
CREATE FUNCTION gatehouse_digest(shown text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN pg_catalog.sha256(pg_catalog.convert_to(shown, 'UTF8'));

CREATE TABLE keyauth_credentials (
    id          uuid PRIMARY KEY,
    created_at  bigint NOT NULL,
    consumer_id uuid NOT NULL CONSTRAINT keyauth_credentials_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    key         text NOT NULL CONSTRAINT keyauth_credentials_key_key UNIQUE,
    key_digest  bytea NOT NULL GENERATED ALWAYS AS (gatehouse_digest('key-auth:' || key)) STORED,
    tags        jsonb,
    -- When the key stops working, in seconds since the epoch; null: never.
    delete_at   bigint
);
CREATE INDEX keyauth_credentials_key_digest ON keyauth_credentials (key_digest);
CREATE INDEX keyauth_credentials_consumer ON keyauth_credentials (consumer_id);
CREATE INDEX keyauth_credentials_tags ON keyauth_credentials USING gin (tags);
CREATE INDEX keyauth_credentials_delete_at ON keyauth_credentials (delete_at) WHERE delete_at IS NOT NULL;

CREATE TABLE acls (
    id              uuid PRIMARY KEY,
    created_at      bigint NOT NULL,
    consumer_id     uuid NOT NULL CONSTRAINT acls_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    consumer_digest bytea NOT NULL GENERATED ALWAYS AS (gatehouse_digest('acl:' || consumer_id::text)) STORED,
    "group"         text NOT NULL,
    tags            jsonb,
    CONSTRAINT acls_together_key UNIQUE (consumer_id, "group")
);
CREATE INDEX acls_consumer_digest ON acls (consumer_digest);
CREATE INDEX acls_tags ON acls USING gin (tags);

CREATE TABLE jwt_secrets (
    id             uuid PRIMARY KEY,
    created_at     bigint NOT NULL,
    consumer_id    uuid NOT NULL CONSTRAINT jwt_secrets_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    key            text NOT NULL CONSTRAINT jwt_secrets_key_key UNIQUE,
    key_digest     bytea NOT NULL GENERATED ALWAYS AS (gatehouse_digest('jwt:' || key)) STORED,
    secret         text,
    rsa_public_key text,
    algorithm      text NOT NULL,
    tags           jsonb
);
CREATE INDEX jwt_secrets_key_digest ON jwt_secrets (key_digest);
CREATE INDEX jwt_secrets_consumer ON jwt_secrets (consumer_id);
CREATE INDEX jwt_secrets_tags ON jwt_secrets USING gin (tags);
