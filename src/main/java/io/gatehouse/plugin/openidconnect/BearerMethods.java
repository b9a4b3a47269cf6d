package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.PresentedJwt;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.VerifiedToken;
import io.gatehouse.syntax.HeaderValue;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks bearer tokens: JWTs by the keys of the provider, then opaque ones by each other method in Kong's order. With the method {@code
 * bearer}, a JWT is never opaque: a forged one costs the provider no request.
 */
final class BearerMethods {
    private static final String SCHEME = "bearer";

    private final Provider provider;
    private final boolean acceptsJwts;
    private final List<BearerMethod> opaque;
    private final double leeway;

    BearerMethods(Provider provider, boolean acceptsJwts, List<BearerMethod> opaque, double leeway) {
        this.provider = provider;
        this.acceptsJwts = acceptsJwts;
        this.opaque = opaque;
        this.leeway = leeway;
    }

    boolean isEnabled() {
        return acceptsJwts || !opaque.isEmpty();
    }

    /** Returns the token of a header (RFC 6750 §2.1); null for another scheme. */
    static @Nullable String token(String value) {
        return HeaderValue.credentials(value, SCHEME);
    }

    /** Checks a token. Fails with {@link InvalidToken}, or with another failure if it cannot be checked now. */
    Future<Authenticated> check(Exchange exchange, String token) {
        if (!acceptsJwts) {
            return opaque(exchange, token, 0);
        }
        VerifiedToken cached = provider.cached(token, exchange.requestId());
        if (cached != null) {
            return decide(token, cached);
        }
        return opaque.isEmpty() || PresentedJwt.isJwt(token) ? verify(exchange, token) : opaque(exchange, token, 0);
    }

    private Future<Authenticated> verify(Exchange exchange, String token) {
        try {
            return provider.verify(token, exchange).compose(verified -> {
                Future<Authenticated> decided = decide(token, verified);
                if (decided.succeeded()) {
                    provider.keep(token, verified);
                }
                return decided;
            });
        } catch (InvalidToken e) {
            return Future.failedFuture(e);
        }
    }

    private Future<Authenticated> decide(String token, VerifiedToken verified) {
        if (verified.isBound()) {
            // Nothing here checks proofs. Without one, a stolen token would be as good as that of its client.
            return Future.failedFuture(new InvalidToken("bound to a key"));
        }
        return verified.isTimely(leeway)
                ? Future.succeededFuture(Authenticated.ofToken(token, verified.claims(), null))
                : Future.failedFuture(new InvalidToken("expired or not yet valid"));
    }

    private Future<Authenticated> opaque(Exchange exchange, String token, int index) {
        if (index == opaque.size()) {
            return Future.failedFuture(new InvalidToken("no method accepts the token"));
        }
        return opaque.get(index)
                .check(exchange, token)
                .compose(found ->
                        found.isPresent() ? Future.succeededFuture(found.get()) : opaque(exchange, token, index + 1));
    }
}
