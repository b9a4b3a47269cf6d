-- A Service or client with many tokens is deleted at once, and the rows of its tokens later, in batches. Until then the tokens
-- are invalid because this table names their owner. A later owner may have the same id: a row of a token belongs to a deleted
-- owner if its sequence number is the smaller one. Rows from before this version have none.

-- In the order of a transaction that issues a token, so that a node of the previous version waits and does not deadlock.
LOCK TABLE oauth2_credentials, oauth2_tokens, oauth2_rotated_tokens, services IN ACCESS EXCLUSIVE MODE;

CREATE SEQUENCE oauth2_sequence_numbers;
-- The role of a node may own nothing, and installations grant it privileges on tables only.
GRANT USAGE ON SEQUENCE oauth2_sequence_numbers TO PUBLIC;

ALTER TABLE oauth2_tokens ADD COLUMN sequence_number bigint;
-- In a statement of its own, because a column that is added with this default rewrites the table.
ALTER TABLE oauth2_tokens ALTER COLUMN sequence_number SET DEFAULT nextval('oauth2_sequence_numbers');

CREATE TABLE oauth2_deleted_owners (
    -- services or oauth2_credentials.
    entity          text NOT NULL,
    entity_id       uuid NOT NULL,
    sequence_number bigint NOT NULL,
    PRIMARY KEY (entity, entity_id)
);
COMMENT ON TABLE oauth2_deleted_owners IS
    'Deleted Services and clients of which rows of oauth2_tokens are left. Tokens with a smaller sequence_number are invalid.';

-- A trigger, so that a cascade and a node of the previous version add the owner too. The owner's row is locked here: a token that
-- is inserted later finds no owner, and one that was inserted before has a smaller number.
CREATE FUNCTION gatehouse_owner_deleted() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_TABLE_NAME = 'services' THEN
        PERFORM 1 FROM oauth2_tokens WHERE service_id = OLD.id LIMIT 1;
    ELSE
        PERFORM 1 FROM oauth2_tokens WHERE credential_id = OLD.id LIMIT 1;
    END IF;
    IF FOUND THEN
        INSERT INTO oauth2_deleted_owners (entity, entity_id, sequence_number)
             VALUES (TG_TABLE_NAME, OLD.id, nextval('oauth2_sequence_numbers'))
        ON CONFLICT (entity, entity_id) DO UPDATE SET sequence_number = excluded.sequence_number;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER services_deleted AFTER DELETE ON services FOR EACH ROW EXECUTE FUNCTION gatehouse_owner_deleted();
CREATE TRIGGER oauth2_credentials_deleted AFTER DELETE ON oauth2_credentials
    FOR EACH ROW EXECUTE FUNCTION gatehouse_owner_deleted();

-- What remains of the foreign keys: an inserted token has an owner, whose row it locks until the transaction ends.
CREATE FUNCTION gatehouse_require_owner() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    IF TG_NAME = 'oauth2_tokens_service_fkey' THEN
        PERFORM 1 FROM services WHERE id = NEW.service_id FOR KEY SHARE;
    ELSE
        PERFORM 1 FROM oauth2_credentials WHERE id = NEW.credential_id FOR KEY SHARE;
    END IF;
    IF NOT FOUND THEN
        RAISE foreign_key_violation
            USING MESSAGE = 'the owner of the token does not exist', TABLE = TG_TABLE_NAME, CONSTRAINT = TG_NAME;
    END IF;
    RETURN NULL;
END $$;

ALTER TABLE oauth2_tokens
    DROP CONSTRAINT oauth2_tokens_service_fkey,
    DROP CONSTRAINT oauth2_tokens_credential_fkey;
CREATE CONSTRAINT TRIGGER oauth2_tokens_service_fkey AFTER INSERT OR UPDATE OF service_id ON oauth2_tokens
    FOR EACH ROW WHEN (NEW.service_id IS NOT NULL) EXECUTE FUNCTION gatehouse_require_owner();
CREATE CONSTRAINT TRIGGER oauth2_tokens_credential_fkey AFTER INSERT OR UPDATE OF credential_id ON oauth2_tokens
    FOR EACH ROW EXECUTE FUNCTION gatehouse_require_owner();

-- These rows detect a replay until delete_at. They are of no use without the tokens, and of no harm.
ALTER TABLE oauth2_rotated_tokens DROP CONSTRAINT oauth2_rotated_tokens_credential_fkey;
