-- Tokens that come from other tokens by an exchange (RFC 8693). Such a token counts while each grant that it comes from has a token.
ALTER TABLE oauth2_tokens
    -- The grants that the token comes from, and their clients; the first grant first. Null: a grant gave the token.
    ADD COLUMN subject_families    uuid[],
    ADD COLUMN subject_credentials uuid[],
    -- The act claim (RFC 8693 section 4.1). Null: the subject acts itself.
    ADD COLUMN actor               jsonb;
-- Finds the tokens whose cached state the end of a grant invalidates.
CREATE INDEX oauth2_tokens_subjects ON oauth2_tokens USING gin (subject_families, subject_credentials)
    WHERE subject_families IS NOT NULL;
