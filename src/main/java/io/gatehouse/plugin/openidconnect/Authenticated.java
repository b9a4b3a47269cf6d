package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.openidconnect.provider.Accepted;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Holds whom a method has authenticated. What follows is the same for every method. Immutable.
 *
 * @param claims for the required claims and the upstream's headers
 * @param accessToken for the upstream; null if there is none
 * @param idToken likewise
 * @param isPresented whether the client itself has sent the access token, in {@code Authorization}
 * @param followsLogouts whether the result ends with the session at the provider that its claims name. A session of a browser ends by itself,
 *     and a Basic credential authenticates without one
 * @param identity the Consumer of the token; null for a user of the provider, whom the claims identify
 */
record Authenticated(
        Map<String, Object> claims,
        @Nullable String accessToken,
        @Nullable String idToken,
        boolean isPresented,
        boolean followsLogouts,
        @Nullable Identity identity) {

    /** Creates the result for a token that the client has sent. */
    static Authenticated ofToken(String token, Map<String, Object> claims, @Nullable Identity identity) {
        return new Authenticated(claims, token, null, true, identity == null, identity);
    }

    static Authenticated ofSession(Session session) {
        return new Authenticated(session.claims(), session.accessToken(), session.idToken(), false, false, null);
    }

    /** Creates the result for a Basic credential for which the provider has issued tokens. */
    static Authenticated ofBasic(Accepted accepted) {
        return ofGrant(accepted, false);
    }

    /** Creates the result for a refresh token for which the provider has issued tokens. */
    static Authenticated ofRefresh(Accepted accepted) {
        return ofGrant(accepted, true);
    }

    private static Authenticated ofGrant(Accepted accepted, boolean followsLogouts) {
        return new Authenticated(
                accepted.claims(), accepted.accessToken(), accepted.idToken(), false, followsLogouts, null);
    }

    @Override
    public String toString() {
        return "Authenticated[" + identity + "]";
    }
}
