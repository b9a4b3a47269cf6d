-- Requests of the Admin API that changed something, each with what it changed (docs/reference/admin-api.md#audit).
CREATE TABLE audit_requests (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    request_id   text NOT NULL CONSTRAINT audit_requests_request_key UNIQUE,
    requested_at bigint NOT NULL DEFAULT floor(extract(epoch FROM now()))::bigint,
    client_ip    text NOT NULL,
    client_name  text,
    method       text NOT NULL,
    path         text NOT NULL,
    status       integer NOT NULL,
    -- A list of changed entities with their fields. It has no value of a field that can contain a secret.
    changes      jsonb NOT NULL,
    -- Characters of the changes as text. A page is limited by their sum.
    changes_size integer NOT NULL,
    entity_ids   uuid[] NOT NULL,
    delete_at    bigint NOT NULL
);
-- The first one finds the changes of an entity, the second one the rows to delete.
CREATE INDEX audit_requests_entity_ids ON audit_requests USING gin (entity_ids);
CREATE INDEX audit_requests_delete_at ON audit_requests (delete_at);
