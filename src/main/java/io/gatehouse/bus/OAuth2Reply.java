package io.gatehouse.bus;

import java.util.Map;

/** Carries the response of an endpoint of the oauth2 plugin: status, headers and a JSON object. */
public record OAuth2Reply(int status, Map<String, String> headers, Map<String, Object> body) {
    @Override
    public String toString() {
        return "OAuth2Reply[" + status + "]";
    }
}
