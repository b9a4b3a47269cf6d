package io.gatehouse.plugin.openidconnect;

import io.gatehouse.session.TimedSession;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Holds what a signed-in browser's requests are authenticated by. Times are in seconds. Immutable.
 *
 * @param sid of the last ID token that has one; null if none has. A refreshed ID token need not repeat it
 * @param issuedAt when the provider issued the first ID token, by its clock
 * @param isJwt whether the access token is a JWT of the provider for the same subject
 * @param expiry of the access token; 0 if it is not known
 * @param signedInAt when the absolute timeout began
 * @param rotatedAt when the rolling timeout began
 * @param usedAt when the idling timeout began
 * @param refreshingUntil until when one node alone refreshes the tokens; 0 if none does
 */
record Session(
        String idToken,
        String accessToken,
        @Nullable String refreshToken,
        @Nullable String scope,
        @Nullable String sid,
        long issuedAt,
        boolean isJwt,
        long expiry,
        long signedInAt,
        long rotatedAt,
        long usedAt,
        long refreshingUntil)
        implements TimedSession<Session> {

    /** Reads a session; empty if another version of the gateway wrote it. */
    static Optional<Session> of(JsonObject stored) {
        String idToken = stored.getString("id");
        String accessToken = stored.getString("access");
        return idToken == null || accessToken == null
                ? Optional.empty()
                : Optional.of(new Session(
                        idToken,
                        accessToken,
                        stored.getString("refresh"),
                        stored.getString("scope"),
                        stored.getString("sid"),
                        stored.getLong("issued", 0L),
                        stored.getBoolean("jwt", false),
                        stored.getLong("expiry", 0L),
                        stored.getLong("signedIn", 0L),
                        stored.getLong("rotated", 0L),
                        stored.getLong("used", 0L),
                        stored.getLong("refreshing", 0L)));
    }

    @Override
    public JsonObject toJson() {
        return new JsonObject()
                .put("id", idToken)
                .put("access", accessToken)
                .put("refresh", refreshToken)
                .put("scope", scope)
                .put("sid", sid)
                .put("issued", issuedAt)
                .put("jwt", isJwt)
                .put("expiry", expiry)
                .put("signedIn", signedInAt)
                .put("rotated", rotatedAt)
                .put("used", usedAt)
                .put("refreshing", refreshingUntil);
    }

    /** Returns for how many seconds the access token is valid. */
    long left(long now) {
        return expiry == 0 ? Long.MAX_VALUE : expiry - now;
    }

    @Override
    public Session used(long now) {
        return with(rotatedAt, now, refreshingUntil);
    }

    @Override
    public Session rotated(long now) {
        return with(now, now, 0);
    }

    Session refreshingUntil(long end) {
        return with(rotatedAt, usedAt, end);
    }

    private Session with(long newRotatedAt, long newUsedAt, long newRefreshingUntil) {
        return new Session(
                idToken,
                accessToken,
                refreshToken,
                scope,
                sid,
                issuedAt,
                isJwt,
                expiry,
                signedInAt,
                newRotatedAt,
                newUsedAt,
                newRefreshingUntil);
    }

    /** Returns the claims of the ID token, and in their place those of the access token if it is a JWT. */
    Map<String, Object> claims() {
        Map<String, Object> claims = new LinkedHashMap<>(payload(idToken));
        if (scope != null) {
            claims.putIfAbsent("scope", scope);
        }
        if (isJwt) {
            claims.putAll(payload(accessToken));
        }
        return claims;
    }

    /** Returns the claims of the ID token, with the {@code sid} of an earlier one if it has none. */
    Map<String, Object> idClaims() {
        Map<String, Object> claims = new LinkedHashMap<>(payload(idToken));
        if (sid != null) {
            claims.put("sid", sid);
        }
        return claims;
    }

    /** Returns a text claim of the ID token; null if it has none. */
    @Nullable
    String idClaim(String name) {
        return payload(idToken).get(name) instanceof String text ? text : null;
    }

    /** Returns the claims of a token that was verified before it was stored. */
    private static Map<String, Object> payload(String token) {
        int start = token.indexOf('.') + 1;
        int end = token.indexOf('.', start);
        try {
            byte[] json = Base64.getUrlDecoder().decode(token.substring(start, Math.max(start, end)));
            return new JsonObject(Buffer.buffer(json)).getMap();
        } catch (IllegalArgumentException | DecodeException malformed) {
            return Map.of();
        }
    }
}
