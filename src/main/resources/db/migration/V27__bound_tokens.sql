-- The keys that a token is bound to. Null: none.
ALTER TABLE oauth2_tokens
    -- The thumbprint of the key of its proofs (RFC 9449 section 6).
    ADD COLUMN jkt      text,
    -- The digest of its certificate (RFC 8705 section 3.1).
    ADD COLUMN x5t_s256 text;
