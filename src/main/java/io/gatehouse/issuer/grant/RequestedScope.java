package io.gatehouse.issuer.grant;

import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the {@code scope} parameter (RFC 6749 §3.3, docs/reference/oauth2.md#scope). */
public final class RequestedScope {
    private RequestedScope() {}

    /**
     * The scope to grant, space-separated and each value once, or null if there is none.
     *
     * @throws OAuth2Exception {@code invalid_scope} if a value is not the plugin's, or one is required
     */
    public static @Nullable String check(IssuerRequest request) {
        OAuth2Config config = request.config();
        Set<String> requested = of(request);
        Set<String> allowed = config.scopes();
        if (allowed == null) {
            requested = Set.of();
        } else {
            for (String scope : requested) {
                if (!allowed.contains(scope)) {
                    throw OAuth2Error.INVALID_SCOPE.because(named(scope, request) + " is an invalid scope");
                }
            }
        }
        if (requested.isEmpty() && config.mandatoryScope()) {
            throw OAuth2Error.INVALID_SCOPE.because("You must specify a scope");
        }
        return joined(requested);
    }

    /**
     * The scope of a refreshed or exchanged access token: all of the grant's, or the part that the request names (RFC 6749 §6).
     *
     * <p><i>Why a plugin without scopes ignores the request's</i>: clients repeat the scope of their first request, which it has ignored
     * too (§3.3).
     *
     * @throws OAuth2Exception {@code invalid_scope} if the request names another
     */
    static @Nullable String narrow(@Nullable String granted, IssuerRequest request) {
        Set<String> requested = of(request);
        boolean isIgnored = granted == null && request.config().scopes() == null;
        if (requested.isEmpty() || isIgnored) {
            return granted;
        }
        Set<String> all = words(granted);
        for (String scope : requested) {
            if (!all.contains(scope)) {
                throw OAuth2Error.INVALID_SCOPE.because(named(scope, request) + " is not a scope of the grant");
            }
        }
        return requested.size() == all.size() ? granted : joined(requested);
    }

    /**
     * Requires that the plugin still has the scopes of a grant.
     *
     * @throws OAuth2Exception {@code invalid_scope} if it has not
     */
    static void requireAllowed(@Nullable String granted, IssuerRequest request) {
        Set<String> allowed = request.config().scopes();
        if (allowed != null && !allowed.containsAll(words(granted))) {
            throw OAuth2Error.INVALID_SCOPE.because("Scope mismatch");
        }
    }

    /** RFC 6749 §5.2 does not allow a quotation mark in a description. */
    private static String named(String scope, IssuerRequest request) {
        return Departure.SCOPE_IN_QUOTES.followsRfc(request.isRfc())
                ? OAuth2Error.printable(scope)
                : "\"" + scope + "\"";
    }

    /** Whether the scope given is not the one that the request names (RFC 6749 §5.1). */
    public static boolean isDifferent(IssuerRequest request, @Nullable String given) {
        String requested = request.text("scope");
        return requested != null && !words(requested).equals(words(given));
    }

    private static Set<String> of(IssuerRequest request) {
        Object requested = request.parameters().get("scope");
        if (requested != null && !(requested instanceof String)) {
            throw OAuth2Error.INVALID_SCOPE.because("scope must be a string");
        }
        return words((String) requested);
    }

    private static Set<String> words(@Nullable String scope) {
        Set<String> words = new LinkedHashSet<>();
        if (scope != null) {
            for (String word : scope.split(" ", -1)) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    private static @Nullable String joined(Set<String> words) {
        return words.isEmpty() ? null : String.join(" ", words);
    }
}
