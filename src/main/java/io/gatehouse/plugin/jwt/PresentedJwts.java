package io.gatehouse.plugin.jwt;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.HeaderName;
import io.gatehouse.syntax.HeaderValue;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.http.Cookie;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the tokens of a request from the configured places. A repeated token counts once. */
final class PresentedJwts {
    /** RFC 6750 §2.1. */
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
                add(tokens, HeaderValue.credentials(value, BEARER));
            }
        }
        return tokens;
    }

    private static void add(Set<String> tokens, @Nullable String token) {
        if (token != null && !token.isEmpty()) {
            tokens.add(token);
        }
    }
}
