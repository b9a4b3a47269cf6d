package io.gatehouse.plugin.oauth2;

import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Service;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks a token's state against the configuration of the plugin on a route. Runs for every proxied request; its errors are made
 * once for each plugin.
 */
final class TokenCheck {
    private static final String EXPIRED = "The access token is invalid or has expired";
    private static final String NOT_GLOBAL =
            "The access token is global, but the current plugin is configured without 'global_credentials'";

    private static final String TWICE = "The access token is given more than once";
    private static final String INSUFFICIENT =
            "The request requires higher privileges than provided by the access token";

    private final boolean global;
    final OAuth2Exception missing;
    final OAuth2Exception invalid;
    final OAuth2Exception repeated;
    /** Of credentials that are no token. */
    final OAuth2Exception otherScheme;

    private final OAuth2Exception notGlobal;
    private final OAuth2Exception insufficient;
    private final List<String> required;

    TokenCheck(OAuth2Config config, Challenges challenges) {
        this.global = config.globalCredentials();
        this.missing = challenges.missing("The access token is missing");
        this.invalid = challenges.of(OAuth2Error.INVALID_TOKEN, EXPIRED);
        this.repeated = challenges.of(OAuth2Error.INVALID_REQUEST, TWICE);
        this.otherScheme = Departure.OTHER_SCHEME.choose(config.isRfc(), invalid, missing);
        this.notGlobal = challenges.of(OAuth2Error.INVALID_TOKEN, NOT_GLOBAL);
        this.required = config.requiredScopes();
        this.insufficient = challenges.of(
                OAuth2Error.INSUFFICIENT_SCOPE, INSUFFICIENT, ", scope=\"" + String.join(" ", required) + "\"");
    }

    /**
     * The error of the first check that fails, or null. The checks are: expiry, Service, resource (RFC 8707 §2), scopes. So a token
     * that is not for this API is an invalid token, whatever its scopes (RFC 6750 §3.1).
     *
     * @param service that of the route, if it has one
     * @param resource that of the request; read only if the token is for one
     * @param now seconds since the epoch
     */
    @Nullable
    OAuth2Exception violation(TokenState state, @Nullable Service service, @Nullable String resource, long now) {
        if (state.isExpired(now)) {
            return invalid;
        }
        if (state.serviceId() == null
                ? !global
                : (service == null || !state.serviceId().equals(service.id()))) {
            return state.serviceId() == null ? notGlobal : invalid;
        }
        if (state.resource() != null && !state.resource().equals(resource)) {
            return invalid;
        }
        return required.isEmpty() || hasAll(state.scope()) ? null : insufficient;
    }

    private boolean hasAll(@Nullable String scope) {
        if (scope == null) {
            return false;
        }
        for (int i = 0; i < required.size(); i++) {
            if (!hasWord(scope, required.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Whether the word is between spaces. Splitting the text would cost more than the rest of the check. */
    private static boolean hasWord(String words, String word) {
        for (int at = words.indexOf(word); at >= 0; at = words.indexOf(word, at + 1)) {
            int end = at + word.length();
            if ((at == 0 || words.charAt(at - 1) == ' ') && (end == words.length() || words.charAt(end) == ' ')) {
                return true;
            }
        }
        return false;
    }
}
