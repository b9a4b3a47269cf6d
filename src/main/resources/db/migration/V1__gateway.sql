-- Kong's entities as the schemas in io.gatehouse.entity declare them: a reference is <field>_id, a token rests as
-- <field>_digest, lists and records are jsonb. Constraint names tell the store which field a violation is about:
-- <table>_<field>_key and <table>_<field>_fkey.

CREATE TABLE services (
    id                    uuid PRIMARY KEY,
    created_at            bigint NOT NULL,
    updated_at            bigint NOT NULL,
    name                  text CONSTRAINT services_name_key UNIQUE,
    retries               bigint,
    protocol              text NOT NULL,
    host                  text NOT NULL,
    port                  bigint NOT NULL,
    path                  text,
    connect_timeout       bigint,
    write_timeout         bigint,
    read_timeout          bigint,
    tags                  jsonb,
    client_certificate_id uuid,
    tls_verify            boolean,
    tls_verify_depth      bigint,
    ca_certificates       jsonb,
    enabled               boolean NOT NULL
);
CREATE INDEX services_tags ON services USING gin (tags);

CREATE TABLE routes (
    id                         uuid PRIMARY KEY,
    created_at                 bigint NOT NULL,
    updated_at                 bigint NOT NULL,
    name                       text CONSTRAINT routes_name_key UNIQUE,
    protocols                  jsonb NOT NULL,
    methods                    jsonb,
    hosts                      jsonb,
    paths                      jsonb,
    headers                    jsonb,
    https_redirect_status_code bigint NOT NULL,
    regex_priority             bigint,
    strip_path                 boolean NOT NULL,
    path_handling              text,
    preserve_host              boolean NOT NULL,
    request_buffering          boolean NOT NULL,
    response_buffering         boolean NOT NULL,
    snis                       jsonb,
    sources                    jsonb,
    destinations               jsonb,
    tags                       jsonb,
    service_id                 uuid CONSTRAINT routes_service_fkey REFERENCES services
);
CREATE INDEX routes_service ON routes (service_id);
CREATE INDEX routes_tags ON routes USING gin (tags);

CREATE TABLE consumers (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    username   text CONSTRAINT consumers_username_key UNIQUE,
    custom_id  text CONSTRAINT consumers_custom_id_key UNIQUE,
    tags       jsonb
);
CREATE INDEX consumers_tags ON consumers USING gin (tags);

CREATE TABLE plugins (
    id            uuid PRIMARY KEY,
    created_at    bigint NOT NULL,
    updated_at    bigint NOT NULL,
    name          text NOT NULL,
    instance_name text CONSTRAINT plugins_instance_name_key UNIQUE,
    route_id      uuid CONSTRAINT plugins_route_fkey REFERENCES routes ON DELETE CASCADE,
    service_id    uuid CONSTRAINT plugins_service_fkey REFERENCES services ON DELETE CASCADE,
    consumer_id   uuid CONSTRAINT plugins_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    config        jsonb NOT NULL,
    protocols     jsonb NOT NULL,
    enabled       boolean NOT NULL,
    tags          jsonb,
    -- One plugin of a kind at each place; places that are left open count as the same.
    CONSTRAINT plugins_together_key UNIQUE NULLS NOT DISTINCT (name, service_id, route_id, consumer_id)
);
CREATE INDEX plugins_route ON plugins (route_id);
CREATE INDEX plugins_service ON plugins (service_id);
CREATE INDEX plugins_consumer ON plugins (consumer_id);
CREATE INDEX plugins_tags ON plugins USING gin (tags);

CREATE TABLE oauth2_credentials (
    id            uuid PRIMARY KEY,
    created_at    bigint NOT NULL,
    consumer_id   uuid NOT NULL CONSTRAINT oauth2_credentials_consumer_fkey REFERENCES consumers ON DELETE CASCADE,
    name          text NOT NULL,
    client_id     text NOT NULL CONSTRAINT oauth2_credentials_client_id_key UNIQUE,
    client_secret text,
    hash_secret   boolean NOT NULL,
    redirect_uris jsonb,
    tags          jsonb,
    client_type   text NOT NULL
);
CREATE INDEX oauth2_credentials_consumer ON oauth2_credentials (consumer_id);
CREATE INDEX oauth2_credentials_tags ON oauth2_credentials USING gin (tags);

CREATE TABLE oauth2_tokens (
    id                   uuid PRIMARY KEY,
    created_at           bigint NOT NULL,
    service_id           uuid CONSTRAINT oauth2_tokens_service_fkey REFERENCES services ON DELETE CASCADE,
    credential_id        uuid NOT NULL
                         CONSTRAINT oauth2_tokens_credential_fkey REFERENCES oauth2_credentials ON DELETE CASCADE,
    token_type           text NOT NULL,
    expires_in           bigint NOT NULL,
    access_token_digest  bytea NOT NULL CONSTRAINT oauth2_tokens_access_token_key UNIQUE,
    refresh_token_digest bytea CONSTRAINT oauth2_tokens_refresh_token_key UNIQUE,
    authenticated_userid text,
    scope                text,
    -- When the row may be removed, in seconds since the epoch; null: never.
    delete_at            bigint
);
CREATE INDEX oauth2_tokens_service ON oauth2_tokens (service_id) WHERE service_id IS NOT NULL;
CREATE INDEX oauth2_tokens_credential ON oauth2_tokens (credential_id);
CREATE INDEX oauth2_tokens_delete_at ON oauth2_tokens (delete_at) WHERE delete_at IS NOT NULL;

-- One row: the number of the newest configuration. A write raises it in its own transaction, so that a catalog read in
-- one snapshot always carries the number that belongs to it.
CREATE TABLE catalog_version (
    singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
    version   bigint NOT NULL
);
INSERT INTO catalog_version (version) VALUES (1);
