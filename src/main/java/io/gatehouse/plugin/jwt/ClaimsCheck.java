package io.gatehouse.plugin.jwt;

import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Checks the claims that limit a token's lifetime (RFC 7519 §4.1.4, §4.1.5), with Kong's error texts. */
final class ClaimsCheck {
    private final List<String> names;
    private final double maximumExpiration;

    ClaimsCheck(JwtConfig config) {
        this.names = config.claimsToVerify();
        this.maximumExpiration = config.maximumExpiration();
    }

    /**
     * Returns the violations by claim; empty if there are none.
     *
     * @param now seconds since the epoch
     */
    Map<String, Object> violations(JsonObject claims, long now) {
        Map<String, Object> violations = new LinkedHashMap<>();
        for (String name : names) {
            if (!(claims.getValue(name) instanceof Number time)) {
                violations.put(name, "must be a number");
            } else if (name.equals("exp") && time.doubleValue() <= now) {
                violations.put(name, "token expired");
            } else if (name.equals("nbf") && time.doubleValue() > now) {
                violations.put(name, "token not valid yet");
            }
        }
        if (violations.isEmpty()
                && maximumExpiration > 0
                && !(claims.getValue("exp") instanceof Number end && end.doubleValue() - now <= maximumExpiration)) {
            violations.put("exp", "exceeds maximum allowed expiration");
        }
        return violations;
    }
}
