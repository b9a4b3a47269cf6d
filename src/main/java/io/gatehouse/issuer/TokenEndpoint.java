package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.RandomString;
import io.gatehouse.issuer.grant.ClientCredentialsGrant;
import io.gatehouse.issuer.grant.Grant;
import io.gatehouse.issuer.grant.GrantRequest;
import io.gatehouse.issuer.grant.Granted;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.TokenDigest;
import io.gatehouse.store.TokenStore;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@code …/oauth2/token} (RFC 6749 §3.2, contract/oauth2.md §5). */
final class TokenEndpoint {
    private static final int OK = 200;

    private final ClientAuthenticator clients;
    private final TokenStore tokens;
    private final TokenCache cache;
    private final Grant clientCredentials = new ClientCredentialsGrant();

    TokenEndpoint(ClientAuthenticator clients, TokenStore tokens, TokenCache cache) {
        this.clients = clients;
        this.tokens = tokens;
        this.cache = cache;
    }

    Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request) {
        GrantRequest grantRequest = new GrantRequest(config, request.serviceId(), request.parameters());
        Optional<Grant> grant = grant(config, grantRequest.text("grant_type"));
        return clients.authenticate(ClientCredentials.of(request.parameters(), request.authorization()))
                // Both checks are made, and the later one's answer wins: a bad client with a bad grant is a bad client.
                .compose(client -> grant.isEmpty()
                        ? Future.failedFuture(OAuth2Error.UNSUPPORTED_GRANT_TYPE.because("Invalid grant_type"))
                        : grant.get()
                                .grant(client, grantRequest)
                                .compose(granted -> issue(client, grantRequest, granted)));
    }

    private Optional<Grant> grant(OAuth2Config config, @Nullable String grantType) {
        return "client_credentials".equals(grantType) && config.clientCredentials()
                ? Optional.of(clientCredentials)
                : Optional.empty();
    }

    /** Stored first, then told to the cluster, then to the client: whoever holds a token can use it everywhere. */
    private Future<OAuth2Reply> issue(Client client, GrantRequest request, Granted granted) {
        OAuth2Config config = request.config();
        String accessToken = RandomString.next();
        TokenDigest digest = TokenDigest.of(accessToken);
        NewToken token = new NewToken(
                UUID.randomUUID(),
                digest,
                null,
                config.globalCredentials() ? null : request.serviceId(),
                granted.authenticatedUserId(),
                granted.scope(),
                config.tokenExpiration(),
                // A token that never expires has a row that never goes.
                config.tokenExpiration() == 0 ? 0 : Math.max(config.refreshTokenTtl(), config.tokenExpiration()));
        return tokens.insert(token, client)
                // The cache only saves the first request a question; a cluster that cannot take it changes nothing.
                .compose(facts -> cache.put(digest, facts).otherwiseEmpty())
                .map(stored -> new OAuth2Reply(OK, Map.of(), body(accessToken, config)));
    }

    private static Map<String, Object> body(String accessToken, OAuth2Config config) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("access_token", accessToken);
        body.put("token_type", "bearer");
        if (config.tokenExpiration() > 0) {
            body.put("expires_in", config.tokenExpiration());
        }
        return body;
    }
}
