package io.gatehouse.oauth;

/**
 * Lists every situation in which Kong's response departs from the RFCs. {@code config.conformance} chooses between the two
 * (docs/reference/oauth2.md#conformance has the same table).
 */
public enum Departure {
    DEAD_CODE(
            "an authorization code that is unknown, expired, redeemed, or of another client, plugin or Service",
            "400 `invalid_request`",
            "400 `invalid_grant`",
            "RFC 6749 §5.2"),
    CODE_REDIRECT_URI(
            "a redemption whose `redirect_uri` is not that of the authorization request",
            "400 `invalid_request`",
            "400 `invalid_grant`",
            "RFC 6749 §5.2"),
    UNREGISTERED_REDIRECT_URI(
            "a token request whose `redirect_uri` is not registered",
            "400 `invalid_request`",
            "400 `invalid_grant`",
            "RFC 6749 §5.2"),
    DEAD_REFRESH_TOKEN(
            "a refresh token that is unknown, expired, rotated, or of another Service",
            "400 `invalid_request`",
            "400 `invalid_grant`",
            "RFC 6749 §5.2"),
    FOREIGN_REFRESH_TOKEN(
            "a refresh token of another client", "400 `invalid_client`", "400 `invalid_grant`", "RFC 6749 §5.2"),
    NO_GRANT_TYPE("no `grant_type`", "400 `unsupported_grant_type`", "400 `invalid_request`", "RFC 6749 §5.2"),
    NO_RESPONSE_TYPE(
            "no `response_type`", "400 `unsupported_response_type`", "400 `invalid_request`", "RFC 6749 §4.1.2.1"),
    CLIENT_IN_BODY(
            "wrong credentials of a client in the body, or none",
            "400 `invalid_client`",
            "401 `invalid_client`",
            "RFC 6749 §5.2"),
    UNKNOWN_CLIENT(
            "an authorization request without the `client_id` of a client",
            "400 `invalid_client`",
            "400 `invalid_request`",
            "RFC 6749 §4.1.2.1"),
    NO_REDIRECT_URIS(
            "an authorization or token request of a client without redirect URIs, for a grant that needs one",
            "400 `invalid_client`",
            "400 `unauthorized_client`",
            "RFC 6749 §4.1.2.1, §5.2"),
    NO_SUCH_GRANT(
            "a token request of a client without redirect URIs, with an unknown `grant_type`",
            "400 `invalid_client`",
            "400 `unsupported_grant_type`",
            "RFC 6749 §5.2"),
    SEVERAL_REDIRECT_URIS(
            "an authorization request without `redirect_uri`, of a client with several",
            "200, to the first",
            "400 `invalid_request`",
            "RFC 6749 §3.1.2.3"),
    CLEAR_TEXT_REDIRECT_URI(
            "an authorization request whose redirect URI is `http` and not of the loopback interface",
            "200, accepted",
            "400 `invalid_request`",
            "RFC 9700 §2.6"),
    SCOPE_IN_QUOTES(
            "the `error_description` of an `invalid_scope`",
            "`\"xyz\" is an invalid scope`",
            "`xyz is an invalid scope`",
            "RFC 6749 §5.2"),
    CREDENTIALS_TWICE(
            "the same secret in the header and in the body", "200, accepted", "400 `invalid_request`", "RFC 6749 §2.3"),
    SECRET_IN_QUERY(
            "`client_secret`, `client_assertion`, `provision_key`, `password`, `code`, `code_verifier`, `device_code`, `refresh_token`, `subject_token`, `actor_token` or `token` in the query",
            "200, accepted",
            "400 `invalid_request`",
            "RFC 6749 §2.3.1, §4.1.3, §6"),
    PARAMETER_TWICE(
            "a parameter in the query and in the body",
            "200, accepted",
            "400 `invalid_request`",
            "RFC 6749 §3.1, §3.2"),
    CHALLENGE_OF_PUBLIC_CLIENT(
            "a public client without `code_challenge`, with `pkce=none`",
            "200, accepted",
            "400 `invalid_request`",
            "RFC 9700 §2.1.1"),
    CHALLENGE_OF_IMPLICIT_GRANT(
            "an authorization request for a token without `code_challenge`, of a client that needs one for a code",
            "400 `invalid_request`",
            "200, accepted",
            "RFC 7636 §1"),
    CHALLENGE_WITHOUT_METHOD(
            "a `code_challenge` without `code_challenge_method`",
            "200, as `S256`",
            "400 `invalid_request`",
            "RFC 7636 §4.3"),
    CHALLENGE_SPELLING(
            "a `code_challenge` with `+`, `/` or `=`, or the method `s256`",
            "200, accepted",
            "400 `invalid_request`",
            "RFC 7636 §4.2, §4.3"),
    IMPLICIT_ERROR(
            "an error of the implicit grant",
            "parameters in the query of the redirect URI",
            "parameters in its fragment",
            "RFC 6749 §4.2.2.1"),
    TOKEN_TYPE("`token_type`", "`bearer`", "`Bearer`", "RFC 6750 §4"),
    EXPIRES_IN(
            "`expires_in`, if `refresh_token_ttl` ends the token before `token_expiration`",
            "`token_expiration`",
            "`refresh_token_ttl`",
            "RFC 6749 §5.1"),
    REUSE_OF_PUBLIC_CLIENT(
            "a refresh of a public client, with `reuse_refresh_token`",
            "the refresh token stays",
            "a new refresh token",
            "RFC 9700 §4.14.2"),
    TOKEN_TWICE(
            "an API call with a token in two of header, query and form",
            "200, accepted",
            "400 `invalid_request`",
            "RFC 6750 §2, §3.1"),
    TOKEN_REPEATED(
            "an API call with `access_token` twice in the query, or twice in a form",
            "401",
            "400 `invalid_request`",
            "RFC 6750 §3.1"),
    TOKEN_IN_OTHER_BODY(
            "an API call with a token in a JSON or multipart body", "200, accepted", "401", "RFC 6750 §2.2"),
    TOKEN_WITHOUT_SCHEME(
            "an API call whose header has a token without `Bearer` or `Token`",
            "200, accepted",
            "401 `invalid_token`",
            "RFC 6750 §2.1"),
    OTHER_SCHEME(
            "`WWW-Authenticate` of an API call with another scheme, such as `Basic`",
            "`error=\"invalid_token\"`",
            "without `error`",
            "RFC 6750 §3.1"),
    ISSUER_IN_RESPONSE("an authorization response, with `issuer`", "without `iss`", "with `iss`", "RFC 9207 §2"),
    RESOURCE_METADATA(
            "`WWW-Authenticate: Bearer` of an API call",
            "without `resource_metadata`",
            "with `resource_metadata`",
            "RFC 9728 §5.1"),
    REQUIRED_SCOPES(
            "`WWW-Authenticate` of an API call with 401, with `required_scopes`",
            "without `scope`",
            "with `scope`",
            "RFC 6750 §3"),
    DISCOURAGED_GRANT(
            "`enable_implicit_grant` or `enable_password_grant`",
            "accepted",
            "accepted, with a warning in the log",
            "RFC 9700 §2.1.2, §2.4");

    private final String situation;
    private final String kong;
    private final String rfc;
    private final String section;

    Departure(String situation, String kong, String rfc, String section) {
        this.situation = situation;
        this.kong = kong;
        this.rfc = rfc;
        this.section = section;
    }

    public String situation() {
        return situation;
    }

    /** Kong's response. */
    public String kong() {
        return kong;
    }

    /** The response of the RFC. */
    public String rfc() {
        return rfc;
    }

    /** Where the RFC requires it. */
    public String section() {
        return section;
    }

    /** The value for a plugin that follows the RFCs, or Kong. */
    public <T> T choose(boolean isRfc, T kongs, T rfcs) {
        return isRfc ? rfcs : kongs;
    }

    /** Returns whether the plugin follows the RFC here: it rejects what Kong accepts, or adds what Kong leaves out. */
    public boolean followsRfc(boolean isRfc) {
        return choose(isRfc, false, true);
    }
}
