-- Revoking all that a resource owner granted must not read the whole table.
CREATE INDEX oauth2_tokens_authenticated_userid ON oauth2_tokens (authenticated_userid)
    WHERE authenticated_userid IS NOT NULL;
CREATE INDEX oauth2_authorization_codes_authenticated_userid ON oauth2_authorization_codes (authenticated_userid);
