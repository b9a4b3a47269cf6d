package io.gatehouse.bus;

import io.gatehouse.oauth.OAuth2Exception;
import java.util.Map;

/** Carries the response of an endpoint of the oauth2 plugin: status, headers and a JSON object. */
public record OAuth2Reply(int status, Map<String, String> headers, Map<String, Object> body) {
    private static final int OK = 200;

    /** Success. */
    public static OAuth2Reply ok(Map<String, Object> body) {
        return new OAuth2Reply(OK, Map.of(), body);
    }

    /** An error in the form of RFC 6749 §5.2. */
    public static OAuth2Reply of(OAuth2Exception error) {
        return new OAuth2Reply(error.status(), error.headers(), error.body());
    }

    @Override
    public String toString() {
        return "OAuth2Reply[" + status + "]";
    }
}
