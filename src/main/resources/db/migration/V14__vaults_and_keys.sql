-- Vaults, which the references in other entities name, and keys: see V1 for how a schema's fields become columns.

CREATE TABLE vaults (
    id          uuid PRIMARY KEY,
    prefix      text NOT NULL CONSTRAINT vaults_prefix_key UNIQUE,
    name        text NOT NULL,
    description text,
    config      jsonb,
    created_at  bigint NOT NULL,
    updated_at  bigint NOT NULL,
    tags        jsonb
);
CREATE INDEX vaults_tags ON vaults USING gin (tags);

CREATE TABLE key_sets (
    id         uuid PRIMARY KEY,
    name       text CONSTRAINT key_sets_name_key UNIQUE,
    tags       jsonb,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);
CREATE INDEX key_sets_tags ON key_sets USING gin (tags);

CREATE TABLE keys (
    id         uuid PRIMARY KEY,
    set_id     uuid CONSTRAINT keys_set_fkey REFERENCES key_sets ON DELETE CASCADE,
    name       text CONSTRAINT keys_name_key UNIQUE,
    kid        text NOT NULL,
    jwk        text,
    pem        jsonb,
    tags       jsonb,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL,
    -- One key of an id in each set; keys without a set count as one.
    CONSTRAINT keys_together_key UNIQUE NULLS NOT DISTINCT (kid, set_id)
);
CREATE INDEX keys_set ON keys (set_id);
CREATE INDEX keys_tags ON keys USING gin (tags);
