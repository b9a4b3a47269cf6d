-- Tokens that come from other tokens by an exchange (RFC 8693). Such a token counts while each grant that it comes from has a token.
ALTER TABLE oauth2_tokens
    -- The grants that the token comes from, and their clients; the first grant first. Null: a grant gave the token.
    ADD COLUMN subject_families    uuid[],
    ADD COLUMN subject_credentials uuid[],
    -- The act claim (RFC 8693 section 4.1). Null: the subject acts itself.
    ADD COLUMN actor               jsonb;

-- Finds the tokens whose cached state the end of a grant invalidates: a row for each grant that a token comes from. Nodes could read
-- no token while an index of oauth2_tokens is built.
CREATE TABLE oauth2_exchanges (
    token_id      uuid NOT NULL,
    family_id     uuid NOT NULL,
    -- The client of the grant.
    credential_id uuid NOT NULL,
    PRIMARY KEY (token_id, family_id)
);
CREATE INDEX oauth2_exchanges_family ON oauth2_exchanges (family_id);
CREATE INDEX oauth2_exchanges_credential ON oauth2_exchanges (credential_id);

-- A trigger, so that a deletion by a node of the previous version removes the rows too. The condition excludes all other tokens.
CREATE FUNCTION gatehouse_exchanged_token_deleted() RETURNS trigger
    LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM oauth2_exchanges WHERE token_id = OLD.id;
    RETURN NULL;
END $$;
CREATE TRIGGER oauth2_tokens_exchange_deleted AFTER DELETE ON oauth2_tokens
    FOR EACH ROW WHEN (OLD.subject_families IS NOT NULL) EXECUTE FUNCTION gatehouse_exchanged_token_deleted();
