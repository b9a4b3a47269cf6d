package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.Service;
import io.gatehouse.lookup.CredentialLookup;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.telemetry.RequestTrace;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks access tokens of this gateway's {@code oauth2} plugin: the method {@code kong_oauth2}.
 *
 * <p>A token that is bound to a Service is valid on its Routes only. A token for a resource (RFC 8707) is not valid here, because only
 * the {@code oauth2} plugin's configuration determines the URL of the resource. Nor is a token that is bound to a key (RFC 9449), because
 * only that plugin checks proofs.
 */
final class KongTokens implements BearerMethod {
    private final CredentialLookup<TokenState> tokens;

    KongTokens(CredentialLookup<TokenState> tokens) {
        this.tokens = tokens;
    }

    @Override
    public Future<Optional<Authenticated>> check(Exchange exchange, String token) {
        CredentialDigest digest = CredentialDigest.of(token);
        TokenState cached = tokens.cached(digest);
        if (cached != null) {
            return decide(exchange, token, cached);
        }
        return RequestTrace.lookup(exchange.trace(), tokens.find(digest)).transform((found, failure) -> {
            if (failure != null) {
                return Future.failedFuture(
                        failure instanceof IssuerUnavailable ? ProxyError.TEMPORARILY_UNAVAILABLE.failure() : failure);
            }
            return found.isPresent() ? decide(exchange, token, found.get()) : Future.succeededFuture(Optional.empty());
        });
    }

    private Future<Optional<Authenticated>> decide(Exchange exchange, String token, TokenState state) {
        Service service = exchange.service();
        // The token is known, so no other method and no provider receives it.
        if (state.isExpired(tokens.epochSeconds())) {
            return invalid("the token of this gateway has expired");
        }
        if (state.serviceId() != null && (service == null || !state.serviceId().equals(service.id()))) {
            return invalid("the token of this gateway is for another Service");
        }
        if (state.resource() != null) {
            return invalid("the token of this gateway is for a resource");
        }
        if (state.confirmation() != null) {
            return invalid("the token of this gateway is bound to a key");
        }
        Identity identity = new Identity(
                state.consumerId(),
                state.consumerCustomId(),
                state.consumerUsername(),
                state.clientId(),
                state.scope(),
                state.authenticatedUserId(),
                false);
        return Future.succeededFuture(Optional.of(Authenticated.ofToken(token, claims(state, service), identity)));
    }

    private static Future<Optional<Authenticated>> invalid(String reason) {
        return Future.failedFuture(new InvalidToken(reason));
    }

    /** Returns what the introspection endpoint states (RFC 7662 §2.2). The audience is the Service to which the token is bound. */
    private static Map<String, Object> claims(TokenState state, @Nullable Service service) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("client_id", state.clientId());
        claims.put("sub", Objects.requireNonNullElse(state.authenticatedUserId(), state.clientId()));
        put(claims, "username", state.consumerUsername());
        put(claims, "scope", state.scope());
        if (state.serviceId() != null && service != null) {
            put(claims, "aud", service.name());
        }
        claims.put("iat", state.createdAt());
        if (state.expiresIn() > 0) {
            claims.put("exp", state.createdAt() + state.expiresIn());
        }
        return claims;
    }

    private static void put(Map<String, Object> claims, String name, @Nullable String value) {
        if (value != null) {
            claims.put(name, value);
        }
    }
}
