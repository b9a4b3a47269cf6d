package io.gatehouse.plugin.cors;

import io.gatehouse.syntax.OriginPattern;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which origins may read an API's responses, and how a response says so. */
final class AllowedOrigins {
    private static final String ALLOW_ORIGIN = "Access-Control-Allow-Origin";
    private static final String ALLOW_CREDENTIALS = "Access-Control-Allow-Credentials";

    private final boolean all;
    /** The only one there is: named whoever asks, as with Kong, and left to the browser to compare. */
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
        // The answer depends on who asks, or on whether anybody does: a cache between must keep them apart.
        varyByOrigin(response);
        String allowed = allowed(origin);
        if (allowed == null) {
            // An upstream that allows everybody does not overrule the gateway.
            response.remove(ALLOW_ORIGIN).remove(ALLOW_CREDENTIALS);
            return;
        }
        response.set(ALLOW_ORIGIN, allowed);
        if (credentials) {
            response.set(ALLOW_CREDENTIALS, "true");
        }
    }

    /** What the response names; null: nobody. */
    private @Nullable String allowed(@Nullable String origin) {
        if (all || single != null || origin == null) {
            // With credentials a star would not do, so everybody is named one by one.
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
