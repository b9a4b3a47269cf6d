package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Holds a token response (RFC 6749 §5.1, OpenID Connect Core 1.0 §3.1.3.3).
 *
 * @param idToken null: the provider may send none for a refresh
 * @param expiry of the access token in seconds, by the clock of this node; 0 if the response has none
 */
public record Tokens(
        String accessToken,
        @Nullable String idToken,
        @Nullable String refreshToken,
        @Nullable String scope,
        long expiry) {
    /** Characters of a token. A session has three at most. */
    static final int MAX_TOKEN = 16 * 1024;

    private static final long MAX_SECONDS = 10L * 365 * 24 * 3_600;
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    static Tokens of(JsonObject response, long now) {
        String accessToken = text(response, "access_token");
        if (accessToken == null) {
            throw new ProviderFailure("the token response has no access_token");
        }
        // RFC 6749 §7.1: a client does not use a token of an unknown type.
        if (!(response.getValue("token_type") instanceof String type) || !type.equalsIgnoreCase("bearer")) {
            throw new ProviderFailure("the token response is not of the type Bearer");
        }
        return new Tokens(
                accessToken,
                text(response, "id_token"),
                text(response, "refresh_token"),
                text(response, "scope"),
                expiry(response.getValue("expires_in"), now));
    }

    /**
     * Returns when the access token expires, in seconds; 0 if it is not known.
     *
     * @param jwt the access token if it is a JWT of the provider
     * @param leeway by how many seconds the provider's clock may be off, which {@code exp} of the JWT follows
     */
    public long expiry(Optional<VerifiedToken> jwt, double leeway) {
        if (jwt.isEmpty()) {
            return expiry;
        }
        long own = Math.max(1, (long) (jwt.get().expiry() + leeway));
        return expiry == 0 ? own : Math.min(own, expiry);
    }

    /** Some providers send the number of seconds as a text. Without it, the token would never be refreshed. */
    private static long expiry(@Nullable Object expiresIn, long now) {
        long seconds;
        if (expiresIn instanceof Number number) {
            seconds = number.longValue();
        } else if (expiresIn instanceof String text && DIGITS.matcher(text).matches()) {
            seconds = Long.parseLong(text);
        } else {
            return 0;
        }
        return now + Math.max(1, Math.min(MAX_SECONDS, seconds));
    }

    /** Returns a text of printable ASCII: an access token becomes a header. */
    private static @Nullable String text(JsonObject response, String name) {
        if (!(response.getValue(name) instanceof String text) || text.isEmpty()) {
            return null;
        }
        if (text.length() > MAX_TOKEN || !text.chars().allMatch(c -> c >= ' ' && c < 127)) {
            throw new ProviderFailure("the token response has a " + name + " that is too long or not printable");
        }
        return text;
    }
}
