-- The key that a token is bound to, or the key that redeems a code (RFC 9449 sections 6 and 10): its thumbprint. Null: none.
ALTER TABLE oauth2_authorization_codes ADD COLUMN jkt text;
ALTER TABLE oauth2_tokens ADD COLUMN jkt text;

-- Whether each token of a client is bound to a key (RFC 9449 section 5.2).
ALTER TABLE oauth2_metadata ADD COLUMN dpop_bound_access_tokens boolean NOT NULL DEFAULT false;
