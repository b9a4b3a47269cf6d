package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.Grant;
import io.gatehouse.issuer.grant.GrantRequest;
import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code …/oauth2/token} (RFC 6749 §3.2, docs/reference/oauth2.md#token-endpoint). */
final class TokenEndpoint {
    private static final int OK = 200;
    private static final String CLIENT_CREDENTIALS = "client_credentials";

    private final ClientAuthenticator clients;
    private final Map<String, Grant> grants;

    /** {@code grants} by their {@code grant_type}. */
    TokenEndpoint(ClientAuthenticator clients, Map<String, Grant> grants) {
        this.clients = clients;
        this.grants = Map.copyOf(grants);
    }

    Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request) {
        GrantRequest grantRequest = GrantRequest.of(config, request);
        String grantType = grantRequest.text("grant_type");
        Grant grant = isEnabled(config, grantType) ? grants.get(grantType) : null;
        // Both checks are made, and the later one's answer wins: a bad client with a bad grant is a bad client.
        return clients.authenticate(config, request, !CLIENT_CREDENTIALS.equals(grantType))
                .compose(client -> grant == null
                        ? Future.failedFuture(OAuth2Error.UNSUPPORTED_GRANT_TYPE.because("Invalid grant_type"))
                        : grant.grant(client, grantRequest))
                .map(token -> new OAuth2Reply(OK, Map.of(), token.answer()));
    }

    private static boolean isEnabled(OAuth2Config config, @Nullable String grantType) {
        return switch (grantType == null ? "" : grantType) {
            case "authorization_code", "refresh_token" -> true;
            case CLIENT_CREDENTIALS -> config.clientCredentials();
            case "password" -> config.passwordGrant();
            default -> false;
        };
    }
}
