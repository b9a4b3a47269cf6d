package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.GrantRequest;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code …/oauth2/introspect} (RFC 7662), asked by a client about its own tokens or, with the provision key, by the API's
 * owner about any of the Service's. Always PostgreSQL's word: whoever asks wants the truth.
 */
final class IntrospectionEndpoint {
    private static final int OK = 200;

    private final ClientAuthenticator clients;
    private final TokenStore tokens;
    private final ChangeFeedFreshness contact;

    IntrospectionEndpoint(ClientAuthenticator clients, TokenStore tokens, ChangeFeedFreshness contact) {
        this.clients = clients;
        this.tokens = tokens;
        this.contact = contact;
    }

    Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request) {
        GrantRequest parameters = GrantRequest.of(config, request);
        Future<Optional<UUID>> asker;
        if (parameters.text("provision_key") != null) {
            parameters.requireProvisionKey();
            asker = Future.succeededFuture(Optional.empty());
        } else {
            asker = clients.authenticate(config, request, false)
                    .map(Client::credentialId)
                    .map(Optional::of);
        }
        return asker.compose(credentialId -> {
            String token = parameters.text("token");
            if (token == null) {
                return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing token parameter"));
            }
            return find(CredentialDigest.of(token))
                    .map(state -> state.filter(known -> isVisible(known, config, request.serviceId(), credentialId)))
                    .map(state -> new OAuth2Reply(OK, Map.of(), answer(state)));
        });
    }

    private Future<Optional<TokenState>> find(CredentialDigest digest) {
        return tokens.find(digest)
                .compose(
                        found -> found.isPresent() ? Future.succeededFuture(found) : tokens.findByRefreshToken(digest));
    }

    private boolean isVisible(
            TokenState state, OAuth2Config config, @Nullable UUID serviceId, Optional<UUID> credentialId) {
        boolean own = credentialId.isEmpty() || credentialId.get().equals(state.credentialId());
        boolean here = state.serviceId() == null
                ? config.globalCredentials()
                : state.serviceId().equals(serviceId);
        return own && here && !state.isExpired(contact.epochSeconds());
    }

    /** RFC 7662 §2.2; nothing but the word no for what the asker may not see. */
    private static Map<String, Object> answer(Optional<TokenState> visible) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("active", visible.isPresent());
        visible.ifPresent(state -> {
            putIfPresent(answer, "scope", state.scope());
            answer.put("client_id", state.clientId());
            putIfPresent(answer, "username", state.consumerUsername());
            putIfPresent(answer, "sub", state.authenticatedUserId());
            answer.put("token_type", "bearer");
            answer.put("iat", state.createdAt());
            if (state.expiresIn() > 0) {
                answer.put("exp", state.createdAt() + state.expiresIn());
            }
        });
        return answer;
    }

    private static void putIfPresent(Map<String, Object> answer, String name, @Nullable String value) {
        if (value != null) {
            answer.put(name, value);
        }
    }
}
