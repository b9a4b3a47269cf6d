package io.gatehouse.issuer;

import io.gatehouse.syntax.Text;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client said of itself (RFC 6749 §2.3.1): parameters first, else the Basic header, as Kong reads them.
 *
 * @param secret null when none was given; a blank one counts as none
 * @param fromHeader whether an error is answered with 401 and a challenge
 */
record ClientCredentials(
        @Nullable String clientId, @Nullable String secret, boolean fromHeader) {
    private static final int BASIC_PREFIX = "Basic ".length();

    static ClientCredentials of(Map<String, @Nullable Object> parameters, @Nullable String authorization) {
        String clientId = text(parameters.get("client_id"));
        String secret = text(parameters.get("client_secret"));
        if (clientId != null && secret != null) {
            return new ClientCredentials(clientId, secret, false);
        }
        String basic = decodeBasic(authorization);
        if (basic == null) {
            return new ClientCredentials(clientId, secret, false);
        }
        int colon = basic.indexOf(':');
        return colon < 0
                ? new ClientCredentials(basic, null, true)
                : new ClientCredentials(basic.substring(0, colon), text(basic.substring(colon + 1)), true);
    }

    private static @Nullable String decodeBasic(@Nullable String authorization) {
        if (authorization == null
                || authorization.length() <= BASIC_PREFIX
                || !authorization.regionMatches(true, 0, "Basic ", 0, BASIC_PREFIX)) {
            return null;
        }
        try {
            byte[] decoded = Base64.getDecoder()
                    .decode(authorization.substring(BASIC_PREFIX).trim());
            String text = new String(decoded, StandardCharsets.UTF_8);
            return Text.isPlain(text) ? text : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable String text(@Nullable Object value) {
        return value instanceof String text && !text.isBlank() ? text : null;
    }

    @Override
    public String toString() {
        return "ClientCredentials[" + clientId + "]";
    }
}
