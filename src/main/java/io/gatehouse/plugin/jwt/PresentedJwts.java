package io.gatehouse.plugin.jwt;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.http.Cookie;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of a request from the configured places. A repeated token counts once. */
final class PresentedJwts {
    private static final String BEARER = "bearer";

    private PresentedJwts() {}

    static Set<String> find(JwtConfig config, Exchange exchange) {
        Set<String> tokens = new LinkedHashSet<>();
        for (String name : config.uriParamNames()) {
            for (String value : UrlEncoded.values(exchange.query(), name)) {
                add(tokens, value);
            }
        }
        for (String name : config.cookieNames()) {
            for (Cookie cookie : exchange.request().cookies(name)) {
                add(tokens, cookie.getValue());
            }
        }
        for (HeaderName name : config.headerNames()) {
            for (String value : name.values(exchange)) {
                add(tokens, bearer(value));
            }
        }
        return tokens;
    }

    private static void add(Set<String> tokens, @Nullable String token) {
        if (token != null && !token.isEmpty()) {
            tokens.add(token);
        }
    }

    /** Returns the token of a bearer header (RFC 6750 §2.1); null for another scheme. */
    private static @Nullable String bearer(String value) {
        String trimmed = value.strip();
        return trimmed.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        && trimmed.length() > BEARER.length()
                        && Character.isWhitespace(trimmed.charAt(BEARER.length()))
                ? trimmed.substring(BEARER.length()).strip()
                : null;
    }
}
