-- How operators call a node: its host's name and its roles.
ALTER TABLE nodes ADD COLUMN name text;

-- Responses to redemptions of authorization codes and refresh tokens, for a repeat of the same attempt at another issuer.
-- An attempt rests as a digest, the response encrypted under a key that only the attempt gives: io.gatehouse.issuer.grant.Attempt.
CREATE TABLE oauth2_attempts (
    attempt_digest  bytea PRIMARY KEY,
    -- Of the code or the refresh token.
    redeemed_digest bytea NOT NULL,
    response        bytea NOT NULL,
    delete_at       bigint NOT NULL
);
CREATE INDEX oauth2_attempts_delete_at ON oauth2_attempts (delete_at);
