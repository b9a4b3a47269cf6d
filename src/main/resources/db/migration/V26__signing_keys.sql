-- The keys that sign JWT access tokens (RFC 9068). The private keys are encrypted by a secret that is not in this database.
CREATE TABLE oauth2_signing_keys (
    kid         text PRIMARY KEY,
    -- A JWK (RFC 7517).
    public_key  text NOT NULL,
    private_key text NOT NULL,
    -- Seconds since the epoch. The key is published until delete_at, because its tokens are valid for longer than it signs.
    sign_from   bigint NOT NULL,
    sign_until  bigint NOT NULL,
    delete_at   bigint NOT NULL
);
