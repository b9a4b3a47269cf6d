-- How operators call a node: its host's name and its roles.
ALTER TABLE nodes ADD COLUMN name text;

-- Which attempt redeemed a code or exchanged a refresh token: the same attempt, repeated at another issuer, gets the same tokens.
-- A digest, since the tokens are derived from the attempt (io.gatehouse.issuer.grant.Attempt). Null: an issuer of a version before.
ALTER TABLE oauth2_authorization_codes ADD COLUMN attempt_digest bytea;
ALTER TABLE oauth2_rotated_tokens ADD COLUMN attempt_digest bytea;
