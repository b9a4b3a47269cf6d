package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.session.Sealer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Holds a sign-in whose browser is at the provider. The authorization cookie contains the last ones, sealed.
 *
 * @param returnTo path and query of the page that the browser requested
 * @param startedAt in seconds
 */
record PendingSignIn(String state, String nonce, String verifier, String redirectUri, String returnTo, long startedAt) {
    /** Sign-ins of one browser at the same time, in several tabs. */
    private static final int MAX_PENDING = 4;
    /** Characters of the cookie. A browser accepts 4,096 bytes with name and attributes. */
    private static final int MAX_COOKIE = 3_500;

    private static final int MAX_REDIRECT_URI = 1_024;
    private static final int MAX_RETURN_TO = 1_024;
    private static final int RANDOM_BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** Starts a sign-in. A long page is not kept: the browser returns to the root. */
    static PendingSignIn start(String redirectUri, String returnTo, long now) {
        if (redirectUri.length() > MAX_REDIRECT_URI) {
            throw new InvalidToken("the redirect URI is too long");
        }
        return new PendingSignIn(random(), random(), random(), redirectUri, sameOrigin(returnTo), now);
    }

    private static String random() {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Returns the path, or the root for one that a browser could take for another host (RFC 3986 §4.2). */
    static String sameOrigin(String path) {
        boolean isSafe = path.startsWith("/")
                && !path.startsWith("//")
                && path.length() <= MAX_RETURN_TO
                && path.chars().allMatch(c -> c > ' ' && c < 127 && c != '\\');
        return isSafe ? path : "/";
    }

    /** Reads the value of a cookie, without those that have timed out; empty for a forged one. */
    static List<PendingSignIn> open(@Nullable String cookie, Sealer sealer, long oldest) {
        List<PendingSignIn> all = new ArrayList<>();
        if (cookie == null || cookie.length() > MAX_COOKIE) {
            return all;
        }
        try {
            JsonArray stored = new JsonArray(sealer.openText(cookie).orElse("[]"));
            for (int i = 0; i < stored.size(); i++) {
                JsonObject each = stored.getJsonObject(i);
                PendingSignIn pending = new PendingSignIn(
                        each.getString("s", ""),
                        each.getString("n", ""),
                        each.getString("v", ""),
                        each.getString("r", ""),
                        each.getString("u", ""),
                        each.getLong("t", 0L));
                if (pending.startedAt() >= oldest) {
                    all.add(pending);
                }
            }
        } catch (DecodeException | ClassCastException otherVersion) {
            all.clear();
        }
        return all;
    }

    /** Returns the value of the cookie. The oldest ones are left out if there are too many. */
    static String seal(List<PendingSignIn> pending, Sealer sealer) {
        int first = Math.max(0, pending.size() - MAX_PENDING);
        String sealed = sealer.sealText(encoded(pending.subList(first, pending.size())));
        while (sealed.length() > MAX_COOKIE && first < pending.size() - 1) {
            first++;
            sealed = sealer.sealText(encoded(pending.subList(first, pending.size())));
        }
        return sealed;
    }

    private static String encoded(List<PendingSignIn> pending) {
        JsonArray all = new JsonArray();
        pending.forEach(each -> all.add(new JsonObject()
                .put("s", each.state)
                .put("n", each.nonce)
                .put("v", each.verifier)
                .put("r", each.redirectUri)
                .put("u", each.returnTo)
                .put("t", each.startedAt)));
        return all.encode();
    }
}
