package io.gatehouse.plugin.oauth2;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Service;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.TokenFacts;
import org.jspecify.annotations.Nullable;

/**
 * Whether a token may pass on a route, computed anew from its facts and the plugin's configuration. Runs for every
 * proxied request; the refusals are made once, with the plugin.
 */
final class TokenCheck {
    private static final String EXPIRED = "The access token is invalid or has expired";
    private static final String NOT_GLOBAL =
            "The access token is global, but the current plugin is configured without 'global_credentials'";

    private final boolean global;
    final OAuth2Exception missing;
    final OAuth2Exception invalid;
    private final OAuth2Exception notGlobal;

    TokenCheck(OAuth2Config config) {
        String realm = config.realm() == null ? "" : " realm=\"" + config.realm() + "\"";
        this.global = config.globalCredentials();
        this.missing = OAuth2Error.MISSING_TOKEN
                .because("The access token is missing")
                .challenging(OAuth2Error.MISSING_TOKEN.status(), "Bearer" + realm);
        this.invalid = invalidToken(realm, EXPIRED);
        this.notGlobal = invalidToken(realm, NOT_GLOBAL);
    }

    private static OAuth2Exception invalidToken(String realm, String description) {
        return OAuth2Error.INVALID_TOKEN
                .because(description)
                .challenging(
                        OAuth2Error.INVALID_TOKEN.status(),
                        "Bearer" + realm + (realm.isEmpty() ? " " : ", ")
                                + "error=\"invalid_token\", error_description=\"" + description + "\"");
    }

    /** The refusal, or null when the token is good for the service at the time given, in seconds since the epoch. */
    @Nullable
    OAuth2Exception refusal(TokenFacts facts, Service service, long now) {
        if (facts.isExpired(now)) {
            return invalid;
        }
        if (facts.serviceId() == null) {
            return global ? null : notGlobal;
        }
        return facts.serviceId().equals(service.id()) ? null : invalid;
    }
}
