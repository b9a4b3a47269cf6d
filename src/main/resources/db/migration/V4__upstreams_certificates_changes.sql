-- Upstreams with their targets, and what TLS needs: see V1 for how a schema's fields become columns.

CREATE TABLE certificates (
    id         uuid PRIMARY KEY,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    cert       text NOT NULL,
    key        text NOT NULL,
    cert_alt   text,
    key_alt    text,
    tags       jsonb
);
CREATE INDEX certificates_tags ON certificates USING gin (tags);

CREATE TABLE snis (
    id             uuid PRIMARY KEY,
    created_at     bigint NOT NULL,
    updated_at     bigint NOT NULL,
    name           text NOT NULL CONSTRAINT snis_name_key UNIQUE,
    certificate_id uuid NOT NULL CONSTRAINT snis_certificate_fkey REFERENCES certificates ON DELETE CASCADE,
    tags           jsonb
);
CREATE INDEX snis_certificate ON snis (certificate_id);
CREATE INDEX snis_tags ON snis USING gin (tags);

CREATE TABLE ca_certificates (
    id          uuid PRIMARY KEY,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    cert        text NOT NULL,
    cert_digest text NOT NULL CONSTRAINT ca_certificates_cert_digest_key UNIQUE,
    tags        jsonb
);
CREATE INDEX ca_certificates_tags ON ca_certificates USING gin (tags);

CREATE TABLE upstreams (
    id                         uuid PRIMARY KEY,
    created_at                 bigint NOT NULL,
    updated_at                 bigint NOT NULL,
    name                       text NOT NULL CONSTRAINT upstreams_name_key UNIQUE,
    algorithm                  text,
    hash_on                    text,
    hash_fallback              text,
    hash_on_header             text,
    hash_fallback_header       text,
    hash_on_cookie             text,
    hash_on_cookie_path        text,
    hash_on_query_arg          text,
    hash_fallback_query_arg    text,
    hash_on_uri_capture        text,
    hash_fallback_uri_capture  text,
    slots                      bigint,
    healthchecks               jsonb NOT NULL,
    tags                       jsonb,
    host_header                text,
    client_certificate_id      uuid CONSTRAINT upstreams_client_certificate_fkey REFERENCES certificates,
    use_srv_name               boolean
);
CREATE INDEX upstreams_client_certificate ON upstreams (client_certificate_id);
CREATE INDEX upstreams_tags ON upstreams USING gin (tags);

CREATE TABLE targets (
    id          uuid PRIMARY KEY,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    upstream_id uuid NOT NULL CONSTRAINT targets_upstream_fkey REFERENCES upstreams ON DELETE CASCADE,
    target      text NOT NULL,
    weight      bigint,
    tags        jsonb,
    CONSTRAINT targets_together_key UNIQUE (upstream_id, target)
);
CREATE INDEX targets_tags ON targets USING gin (tags);

-- References to what did not exist before this version can only be leftovers of a client's mistake.
UPDATE services SET client_certificate_id = NULL WHERE client_certificate_id IS NOT NULL;
ALTER TABLE services ADD CONSTRAINT services_client_certificate_fkey
    FOREIGN KEY (client_certificate_id) REFERENCES certificates;
CREATE INDEX services_client_certificate ON services (client_certificate_id);

-- What each version of the configuration changed, so that a node that has one of the last versions reads the difference
-- instead of everything. An entity that is gone is named here and found nowhere else.
CREATE TABLE catalog_changes (
    version   bigint NOT NULL,
    entity    text NOT NULL,
    entity_id uuid NOT NULL,
    PRIMARY KEY (version, entity, entity_id)
);

-- Which consumers stand in for callers without credentials: the only ones the data path knows.
CREATE INDEX plugins_anonymous ON plugins ((config->>'anonymous')) WHERE config->>'anonymous' IS NOT NULL;
