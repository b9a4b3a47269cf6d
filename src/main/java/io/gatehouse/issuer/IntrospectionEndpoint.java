package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.credential.Confirmation;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.ProvisionKeys;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.store.ExchangeStore;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code …/oauth2/introspect} (RFC 7662). The caller is authenticated (§2.1). A confidential client sees its own tokens;
 * a client that {@code introspection_clients} names, or a caller with the provision key, sees all tokens of the Service. The
 * response is always read from PostgreSQL.
 */
final class IntrospectionEndpoint {
    private static final String EVERY_CLIENT = "*";

    private final ClientAuthenticator clients;
    private final TokenStore tokens;
    private final ExchangeStore exchanges;
    private final ChangeFeedFreshness freshness;
    private final ProvisionKeys provisionKeys;

    IntrospectionEndpoint(
            ClientAuthenticator clients,
            TokenStore tokens,
            ExchangeStore exchanges,
            ChangeFeedFreshness freshness,
            ProvisionKeys provisionKeys) {
        this.clients = clients;
        this.tokens = tokens;
        this.exchanges = exchanges;
        this.freshness = freshness;
        this.provisionKeys = provisionKeys;
    }

    /** A token that was found, and which of the pair it is. */
    private record Found(TokenState state, boolean isAccessToken) {}

    Future<OAuth2Reply> handle(IssuerRequest request) {
        Future<Optional<Client>> caller;
        if (request.text("provision_key") != null) {
            provisionKeys.require(request);
            caller = Future.succeededFuture(Optional.empty());
        } else {
            caller = clients.authenticateConfidential(request).map(Optional::of);
        }
        return caller.compose(client -> {
            String token = request.text("token");
            if (token == null) {
                return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing token parameter"));
            }
            CredentialDigest digest = CredentialDigest.of(token);
            return find(digest)
                    .map(found -> found.filter(known -> isVisible(known.state, request, client)))
                    .compose(
                            found -> actor(digest, found).map(actor -> OAuth2Reply.ok(members(found, actor, request))));
        });
    }

    /** The party that acts for the subject of an access token; refresh tokens come from no exchange. */
    private Future<Optional<Actor>> actor(CredentialDigest digest, Optional<Found> visible) {
        return visible.filter(found -> found.isAccessToken).isPresent()
                ? exchanges.findActor(digest)
                : Future.succeededFuture(Optional.empty());
    }

    private Future<Optional<Found>> find(CredentialDigest digest) {
        return tokens.find(digest)
                .compose(access -> access.isPresent()
                        ? Future.succeededFuture(access.map(state -> new Found(state, true)))
                        : tokens.findByRefreshToken(digest)
                                .map(refresh -> refresh.map(state -> new Found(state, false))));
    }

    private boolean isVisible(TokenState state, IssuerRequest request, Optional<Client> caller) {
        OAuth2Config config = request.config();
        boolean isCallers = caller.isEmpty()
                || caller.get().credentialId().equals(state.credentialId())
                || seesAll(caller.get(), config.introspectionClients());
        boolean isHere = state.serviceId() == null
                ? config.globalCredentials()
                : state.serviceId().equals(request.message().serviceId());
        return isCallers && isHere && !state.isExpired(freshness.epochSeconds());
    }

    /** An operator who names every client does not know those that register themselves later. */
    private static boolean seesAll(Client client, List<String> named) {
        return named.contains(client.clientId())
                || (named.contains(EVERY_CLIENT) && !client.metadata().isRegisteredByItself());
    }

    /** RFC 7662 §2.2; of a token that the caller may not see, {@code active} alone. */
    private static Map<String, Object> members(Optional<Found> visible, Optional<Actor> actor, IssuerRequest request) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("active", visible.isPresent());
        visible.ifPresent(found -> {
            TokenState state = found.state;
            putIfPresent(members, "scope", state.scope());
            members.put("client_id", state.clientId());
            putIfPresent(members, "username", state.consumerUsername());
            // RFC 9068 §2.2: the client itself, where there is no resource owner.
            members.put("sub", Objects.requireNonNullElse(state.authenticatedUserId(), state.clientId()));
            if (found.isAccessToken) {
                Confirmation keys = state.confirmation();
                members.put("token_type", request.tokenType(keys));
                if (keys != null) {
                    members.put("cnf", keys.members());
                }
            }
            members.put("iat", state.createdAt());
            if (state.expiresIn() > 0) {
                members.put("exp", state.createdAt() + state.expiresIn());
            }
            putIfPresent(members, "aud", state.resource());
        });
        // RFC 8693 §4.1, §7.4.
        actor.ifPresent(party -> members.put("act", party.members()));
        return members;
    }

    private static void putIfPresent(Map<String, Object> members, String name, @Nullable String value) {
        if (value != null) {
            members.put(name, value);
        }
    }
}
