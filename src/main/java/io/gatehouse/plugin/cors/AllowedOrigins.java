package io.gatehouse.plugin.cors;

import io.gatehouse.syntax.OriginPattern;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Decides which origins may read the responses of an API, and sets the response headers. */
final class AllowedOrigins {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials";

    private final boolean all;
    /** The only configured origin. As in Kong, every response names it and the browser compares. */
    private final @Nullable String single;

    private final List<OriginPattern> patterns;
    private final boolean credentials;

    AllowedOrigins(List<String> origins, boolean credentials) {
        this.all = origins.isEmpty() || origins.contains("*");
        this.single = origins.size() == 1 && OriginPattern.isLiteral(origins.get(0)) ? origins.get(0) : null;
        this.patterns =
                all ? List.of() : origins.stream().map(OriginPattern::of).toList();
        this.credentials = credentials;
    }

    void apply(MultiMap response, @Nullable String origin) {
        if (all && !(credentials && origin != null)) {
            response.set(ALLOW_ORIGIN, "*");
            return;
        }
        // The response depends on the Origin header. A cache must keep the variants apart.
        varyByOrigin(response);
        String allowed = allowed(origin);
        if (allowed == null) {
            // An upstream's * does not override the gateway.
            response.remove(ALLOW_ORIGIN).remove(ALLOW_CREDENTIALS);
            return;
        }
        response.set(ALLOW_ORIGIN, allowed);
        if (credentials) {
            response.set(ALLOW_CREDENTIALS, "true");
        }
    }

    /** Returns the origin that the response allows; null if it allows none. */
    private @Nullable String allowed(@Nullable String origin) {
        if (all || single != null || origin == null) {
            // With credentials, * is not allowed (Fetch standard), so the response names the origin.
            return all ? origin : single;
        }
        String normalised = OriginPattern.normalised(origin);
        for (OriginPattern pattern : patterns) {
            if (pattern.matches(normalised)) {
                return normalised;
            }
        }
        return null;
    }

    private static void varyByOrigin(MultiMap response) {
        for (String value : response.getAll("vary")) {
            for (String name : value.toLowerCase(Locale.ROOT).split(",", -1)) {
                if (name.trim().equals("origin") || name.trim().equals("*")) {
                    return;
                }
            }
        }
        response.add("Vary", "Origin");
    }
}
