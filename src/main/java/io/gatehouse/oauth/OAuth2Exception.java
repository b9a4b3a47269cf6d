package io.gatehouse.oauth;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An error response of RFC 6749 §5.2. It is expected, so it has no stack trace. */
public final class OAuth2Exception extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Seconds after which a client may try again. */
    private static final String RETRY_AFTER = "1";

    private final OAuth2Error error;
    private final String description;
    private final int status;
    private final @Nullable String challenge;
    private final @Nullable String alternative;

    OAuth2Exception(OAuth2Error error, String description) {
        this(error, description, error.status(), null, null);
    }

    private OAuth2Exception(
            OAuth2Error error,
            String description,
            int status,
            @Nullable String challenge,
            @Nullable String alternative) {
        super(error.code() + ": " + description, null, false, false);
        this.error = error;
        this.description = description;
        this.status = status;
        this.challenge = challenge;
        this.alternative = alternative;
    }

    /** The same error with another status and a {@code WWW-Authenticate} header. */
    public OAuth2Exception challenging(int newStatus, String newChallenge) {
        return new OAuth2Exception(error, description, newStatus, newChallenge, alternative);
    }

    /** The same error with a challenge for another scheme behind its own (RFC 9110 §11.6.1). */
    public OAuth2Exception orChallenging(String otherChallenge) {
        return new OAuth2Exception(error, description, status, challenge, otherChallenge);
    }

    /** The same error with one more parameter in its own challenge (RFC 9110 §11.2), if it has one. */
    public OAuth2Exception withChallengeParameter(String name, String value) {
        if (challenge == null) {
            return this;
        }
        String separator = challenge.indexOf(' ') < 0 ? " " : ", ";
        return new OAuth2Exception(
                error, description, status, challenge + separator + name + "=\"" + value + "\"", alternative);
    }

    public OAuth2Error error() {
        return error;
    }

    public int status() {
        return status;
    }

    /** The {@code error_description} member. */
    public String description() {
        return description;
    }

    /** The JSON object of the response. */
    public Map<String, Object> body() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", error.code());
        body.put("error_description", description);
        return body;
    }

    /** The headers that the error adds to the response. */
    public Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        if (challenge != null) {
            headers.put("WWW-Authenticate", alternative == null ? challenge : challenge + ", " + alternative);
        }
        if (error == OAuth2Error.INVALID_METHOD) {
            headers.put("Allow", "POST");
        }
        if (error == OAuth2Error.TEMPORARILY_UNAVAILABLE || error == OAuth2Error.SLOW_DOWN) {
            headers.put("Retry-After", RETRY_AFTER);
        }
        return headers;
    }
}
