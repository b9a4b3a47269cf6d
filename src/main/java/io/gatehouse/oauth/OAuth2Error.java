package io.gatehouse.oauth;

/** Lists every error of the OAuth endpoints and of a token check, with its code and its status. */
public enum OAuth2Error {
    // RFC 6749 §5.2, §4.1.2.1
    /** In Kong also for an unknown code or refresh token ({@link Departure#DEAD_CODE}). */
    INVALID_REQUEST("invalid_request", 400),
    /** 401 if the request has the Authorization header. */
    INVALID_CLIENT("invalid_client", 400),
    INVALID_GRANT("invalid_grant", 400),
    /** RFC 6749 §5.2: the client is not allowed to use the grant. */
    UNAUTHORIZED_CLIENT("unauthorized_client", 400),
    /** RFC 8707 §2. */
    INVALID_TARGET("invalid_target", 400),
    /** RFC 9101 §7: the reference of an authorization request is invalid. */
    INVALID_REQUEST_URI("invalid_request_uri", 400),
    INVALID_SCOPE("invalid_scope", 400),
    // RFC 7591 §3.2.2
    INVALID_REDIRECT_URI("invalid_redirect_uri", 400),
    INVALID_CLIENT_METADATA("invalid_client_metadata", 400),
    /** RFC 9449 §5; 401 for an API call (§7.1). */
    INVALID_DPOP_PROOF("invalid_dpop_proof", 400),
    /** RFC 9449 §8; 401 for an API call (§9). */
    USE_DPOP_NONCE("use_dpop_nonce", 400),
    UNSUPPORTED_GRANT_TYPE("unsupported_grant_type", 400),
    UNSUPPORTED_RESPONSE_TYPE("unsupported_response_type", 400),
    ACCESS_DENIED("access_denied", 400),
    TEMPORARILY_UNAVAILABLE("temporarily_unavailable", 503),
    SERVER_ERROR("server_error", 500),
    // RFC 6750 §3.1, where a request without a token is 401 too
    MISSING_TOKEN("invalid_request", 401),
    INVALID_TOKEN("invalid_token", 401),
    /** RFC 6750 §3.1: the token is valid and lacks a scope. */
    INSUFFICIENT_SCOPE("insufficient_scope", 403),
    // RFC 8628 §3.5
    AUTHORIZATION_PENDING("authorization_pending", 400),
    POLLED_TOO_EARLY("slow_down", 400),
    EXPIRED_TOKEN("expired_token", 400),
    /** The code of RFC 8628 §3.5, for too many wrong secrets or provision keys. */
    SLOW_DOWN("slow_down", 429),
    // Kong's own
    INVALID_METHOD("invalid_method", 405),
    INVALID_PROVISION_KEY("invalid_provision_key", 400),
    INVALID_AUTHENTICATED_USERID("invalid_authenticated_userid", 400),
    // The plugin's endpoints accept small bodies only
    REQUEST_TOO_LARGE("invalid_request", 413);

    /** The longest text of a request that a description repeats, in characters. */
    private static final int MAX_REPEATED = 64;

    private final String code;
    private final int status;

    OAuth2Error(String code, int status) {
        this.code = code;
        this.status = status;
    }

    /** The {@code error} member. */
    public String code() {
        return code;
    }

    public int status() {
        return status;
    }

    /** Text of a request as a part of a description: as it is, if it is short and has the characters of RFC 6749 §5.2 alone. */
    public static String printable(String text) {
        boolean isPrintable = text.length() <= MAX_REPEATED
                && text.chars().allMatch(c -> c > ' ' && c <= '~' && c != '"' && c != '\\');
        return isPrintable ? text : "(unprintable)";
    }

    /** This error with a description for the client. */
    public OAuth2Exception because(String description) {
        return new OAuth2Exception(this, description);
    }
}
