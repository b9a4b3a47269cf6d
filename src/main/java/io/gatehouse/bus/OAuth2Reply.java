package io.gatehouse.bus;

import java.util.Map;

/** The answer of one of the plugin's own endpoints, ready to be written: a JSON object and the headers beside it. */
public record OAuth2Reply(int status, Map<String, String> headers, Map<String, Object> body) {
    @Override
    public String toString() {
        return "OAuth2Reply[" + status + "]";
    }
}
