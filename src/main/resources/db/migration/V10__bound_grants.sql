-- A code is bound to the redirect URI that it was sent to. `redirect_uri_requested`: the authorization request named the URI, so
-- the token request has to name it too (RFC 6749 section 4.1.3). Null: a node of a version before wrote the code.
ALTER TABLE oauth2_authorization_codes
    ADD COLUMN redirect_uri           text,
    ADD COLUMN redirect_uri_requested boolean,
    -- The authorization request asked for a scope that the code does not have, so the token response names the scope.
    ADD COLUMN scope_differs          boolean,
    -- The resource that the tokens are for (RFC 8707). Null: any that they are valid for otherwise.
    ADD COLUMN resource               text;

ALTER TABLE oauth2_tokens
    ADD COLUMN resource      text,
    -- The scope of the refresh token, where a refresh has narrowed `scope` (RFC 6749 section 6). Null: `scope`.
    ADD COLUMN refresh_scope text;
