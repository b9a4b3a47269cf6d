-- The tokens of a statement have few owners. One trigger checks them once for the statement; two triggers for each row took a fourth
-- of PostgreSQL's time for a token. The rules are those of V21: an inserted token has its owners, and locks them until the transaction
-- ends. Updates keep their triggers.

-- First, because CREATE TRIGGER takes a weaker lock than DROP TRIGGER. A transaction that has read a token and writes one would
-- deadlock with a migration that waits for the stronger lock.
LOCK TABLE oauth2_tokens IN ACCESS EXCLUSIVE MODE;

CREATE FUNCTION gatehouse_require_inserted_owners() RETURNS trigger
    LANGUAGE plpgsql AS $$
DECLARE
    credential_ids uuid[];
    service_ids    uuid[];
    owner          uuid;
BEGIN
    -- Clients before Services, and both in the order of their ids, as statements do that delete several of them.
    SELECT coalesce(array_agg(DISTINCT t.credential_id ORDER BY t.credential_id), '{}'),
           coalesce(array_agg(DISTINCT t.service_id ORDER BY t.service_id) FILTER (WHERE t.service_id IS NOT NULL), '{}')
      INTO credential_ids, service_ids
      FROM inserted t;
    FOREACH owner IN ARRAY credential_ids LOOP
        PERFORM 1 FROM oauth2_credentials WHERE id = owner FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE foreign_key_violation USING MESSAGE = 'the owner of the token does not exist',
                TABLE = TG_TABLE_NAME, CONSTRAINT = 'oauth2_tokens_credential_fkey';
        END IF;
    END LOOP;
    FOREACH owner IN ARRAY service_ids LOOP
        PERFORM 1 FROM services WHERE id = owner FOR KEY SHARE;
        IF NOT FOUND THEN
            RAISE foreign_key_violation USING MESSAGE = 'the owner of the token does not exist',
                TABLE = TG_TABLE_NAME, CONSTRAINT = 'oauth2_tokens_service_fkey';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;

DROP TRIGGER oauth2_tokens_service_fkey ON oauth2_tokens;
DROP TRIGGER oauth2_tokens_credential_fkey ON oauth2_tokens;
CREATE TRIGGER oauth2_tokens_inserted AFTER INSERT ON oauth2_tokens
    REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION gatehouse_require_inserted_owners();
CREATE CONSTRAINT TRIGGER oauth2_tokens_service_fkey AFTER UPDATE OF service_id ON oauth2_tokens
    FOR EACH ROW WHEN (NEW.service_id IS NOT NULL) EXECUTE FUNCTION gatehouse_require_owner();
CREATE CONSTRAINT TRIGGER oauth2_tokens_credential_fkey AFTER UPDATE OF credential_id ON oauth2_tokens
    FOR EACH ROW EXECUTE FUNCTION gatehouse_require_owner();
