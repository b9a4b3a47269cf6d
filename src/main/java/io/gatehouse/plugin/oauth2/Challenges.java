package io.gatehouse.plugin.oauth2;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.DpopProfile;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import org.jspecify.annotations.Nullable;

/**
 * Makes the errors of API calls, with their {@code WWW-Authenticate} (RFC 6750 §3, RFC 9449 §7.1).
 *
 * @param scheme of the token that the client presents
 * @param realm a parameter, or empty
 * @param scope a parameter of a response 401, or empty: the scopes for which the client has to ask
 * @param algorithms a parameter of the scheme, or empty
 * @param alternative a challenge of another scheme that the client may use; null: none
 */
record Challenges(
        String scheme,
        String realm,
        String scope,
        String algorithms,
        @Nullable String alternative) {
    private static final String ALGORITHMS = "algs=\"" + String.join(" ", DpopProfile.ALGORITHMS) + "\"";
    private static final int UNAUTHORIZED = OAuth2Error.INVALID_TOKEN.status();

    /** Of clients that present no token, or a bearer token. */
    static Challenges bearer(OAuth2Config config) {
        return new Challenges(
                "Bearer",
                realm(config),
                scope(config),
                "",
                config.dpop() ? dpop(config).plain() : null);
    }

    /** Of clients that present a token with a proof. */
    static Challenges dpop(OAuth2Config config) {
        return new Challenges(DpopProfile.SCHEME, realm(config), scope(config), ALGORITHMS, null);
    }

    private static String realm(OAuth2Config config) {
        return config.realm() == null ? "" : "realm=\"" + config.realm() + "\"";
    }

    private static String scope(OAuth2Config config) {
        boolean isNamed = Departure.REQUIRED_SCOPES.followsRfc(config.isRfc())
                && !config.requiredScopes().isEmpty();
        return isNamed ? "scope=\"" + String.join(" ", config.requiredScopes()) + "\"" : "";
    }

    /** A challenge without an error. */
    private String plain() {
        return challenge("", UNAUTHORIZED);
    }

    private String challenge(String error, int status) {
        StringBuilder challenge = new StringBuilder(scheme);
        String separator = " ";
        String wanted = status == UNAUTHORIZED ? scope : "";
        for (String parameters : new String[] {realm, error, wanted, algorithms}) {
            if (!parameters.isEmpty()) {
                challenge.append(separator).append(parameters);
                separator = ", ";
            }
        }
        return challenge.toString();
    }

    /** RFC 6750 §3: an error code is not for a client that has sent no token. */
    OAuth2Exception missing(String description) {
        return challenging(OAuth2Error.MISSING_TOKEN.because(description), OAuth2Error.MISSING_TOKEN.status(), plain());
    }

    OAuth2Exception of(OAuth2Error error, String description) {
        return of(error, description, "");
    }

    /** {@code more}: further parameters of the challenge. */
    OAuth2Exception of(OAuth2Error error, String description, String more) {
        return challenging(
                error.because(description),
                error.status(),
                challenge(parameters(error, description) + more, error.status()));
    }

    /** The error of a proof, as that of an API call. */
    OAuth2Exception ofProof(OAuth2Exception error) {
        return challenging(
                error, UNAUTHORIZED, challenge(parameters(error.error(), error.description()), UNAUTHORIZED));
    }

    private static String parameters(OAuth2Error error, String description) {
        return "error=\"" + error.code() + "\", error_description=\"" + description + "\"";
    }

    private OAuth2Exception challenging(OAuth2Exception error, int status, String challenge) {
        OAuth2Exception own = error.challenging(status, challenge);
        return alternative == null ? own : own.orChallenging(alternative);
    }
}
