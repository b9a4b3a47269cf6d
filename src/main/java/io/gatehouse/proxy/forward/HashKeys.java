package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.HashKey;
import io.gatehouse.entity.Upstream;
import io.gatehouse.entity.Upstream.HashInput;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.RequestCookies;
import io.gatehouse.routing.RouteMatch;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Computes the key of consistent hashing: from the Upstream's input, otherwise its fallback, otherwise at random
 * (docs/reference/proxy.md#upstreams-and-targets).
 */
public final class HashKeys {
    private HashKeys() {}

    public static long of(Upstream upstream, Exchange exchange, RouteMatch<?> match) {
        if (!upstream.algorithm().equals("consistent-hashing")) {
            return 0;
        }
        String text = text(upstream, upstream.hashOn(), exchange, match);
        if (text == null) {
            text = text(upstream, upstream.hashFallback(), exchange, match);
        }
        return text == null ? ThreadLocalRandom.current().nextLong() : HashKey.of(text);
    }

    private static @Nullable String text(Upstream upstream, HashInput input, Exchange exchange, RouteMatch<?> match) {
        String name = Objects.requireNonNullElse(input.name(), "");
        return switch (input.kind()) {
            case "consumer" -> consumer(exchange.identity());
            case "ip" -> exchange.clientAddress();
            case "header" -> joined(exchange.headers(name));
            case "cookie" -> cookie(upstream, name, exchange);
            case "path" -> exchange.path();
            case "query_arg" -> joined(UrlEncoded.values(exchange.query(), name));
            case "uri_capture" -> match.capture(exchange.path(), name);
            default -> null;
        };
    }

    /** Returns the id of the Consumer. As in Kong, a caller who is no Consumer has that of the credential. */
    private static @Nullable String consumer(@Nullable Identity identity) {
        if (identity == null) {
            return null;
        }
        return identity.consumerId() == null
                ? identity.credentialIdentifier()
                : identity.consumerId().toString();
    }

    private static @Nullable String joined(List<String> values) {
        return values.isEmpty() ? null : String.join(",", values);
    }

    /** Returns the value of the cookie. A client without it receives one, so that its next request has the same peer. */
    private static String cookie(Upstream upstream, String name, Exchange exchange) {
        // Not Vert.x's: it drops a cookie whose value is malformed, and this one would replace that of the application.
        String sent = RequestCookies.first(exchange, name);
        if (sent != null) {
            return sent;
        }
        String value = UUID.randomUUID().toString();
        String created = Cookie.cookie(name, value)
                .setPath(Objects.requireNonNullElse(upstream.hashOnCookiePath(), "/"))
                .setHttpOnly(true)
                .setSecure(exchange.isTls())
                .setSameSite(CookieSameSite.LAX)
                .encode();
        exchange.editResponseHead(headers -> headers.add("set-cookie", created));
        return value;
    }
}
