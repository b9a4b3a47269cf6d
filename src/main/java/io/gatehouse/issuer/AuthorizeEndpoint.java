package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.ImplicitGrant;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.ProvisionKeys;
import io.gatehouse.issuer.grant.RequestedScope;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.Map;
import java.util.Optional;

/**
 * Serves {@code …/oauth2/authorize} (RFC 6749 §3.1, docs/reference/oauth2.md#authorization-endpoint): the login backend calls it
 * after the resource owner has agreed, and receives the URI for the owner's browser.
 */
final class AuthorizeEndpoint {
    private final TokenStore tokens;
    private final GrantStore grants;
    private final ImplicitGrant implicit;
    private final PushedRequests pushed;
    private final DeviceAuthorization devices;
    private final ProvisionKeys provisionKeys;

    AuthorizeEndpoint(
            TokenStore tokens,
            GrantStore grants,
            ImplicitGrant implicit,
            PushedRequests pushed,
            DeviceAuthorization devices,
            ProvisionKeys provisionKeys) {
        this.tokens = tokens;
        this.grants = grants;
        this.implicit = implicit;
        this.pushed = pushed;
        this.devices = devices;
        this.provisionKeys = provisionKeys;
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        provisionKeys.require(request);
        String userId = request.requireUserId();
        return DeviceAuthorization.isDecision(request)
                ? devices.decide(request, userId)
                : pushed.resolve(request).compose(resolved -> authorize(resolved, userId));
    }

    private Future<OAuth2Reply> authorize(IssuerRequest request, String userId) {
        String clientId = request.text("client_id");
        Future<Optional<Client>> found =
                clientId == null ? Future.succeededFuture(Optional.empty()) : tokens.findClient(clientId);
        return found.map(client -> client.filter(
                        known -> known.metadata().isUsableAt(request.config().pluginId())))
                .compose(client -> respond(request, userId, new AuthorizationRequest(request, userId, client)));
    }

    private Future<OAuth2Reply> respond(IssuerRequest request, String userId, AuthorizationRequest authorization) {
        OAuth2Exception error = authorization.error();
        if (error != null) {
            return Future.succeededFuture(failed(error, authorization));
        }
        return authorization.isCode() ? giveCode(request, authorization) : giveToken(request, userId, authorization);
    }

    /** An error is sent to a redirect URI only if the URI is registered. */
    private static OAuth2Reply failed(OAuth2Exception error, AuthorizationRequest authorization) {
        return authorization.redirectUri() == null
                ? OAuth2Reply.of(error)
                : new OAuth2Reply(error.status(), Map.of(), authorization.redirect(error.body()));
    }

    private Future<OAuth2Reply> giveCode(IssuerRequest request, AuthorizationRequest authorization) {
        String code = RandomString.next();
        AuthorizationCode stored = new AuthorizationCode(
                authorization.client().credentialId(),
                request.config().pluginId(),
                authorization.access(),
                authorization.challenge(),
                authorization.redirectUri(),
                !RedirectUris.isAbsent(request.parameters().get("redirect_uri")),
                RequestedScope.isDifferent(request, authorization.scope()));
        return grants.insertCode(CredentialDigest.of(code), stored)
                .map(done -> OAuth2Reply.ok(authorization.redirect(Map.of("code", code))));
    }

    private Future<OAuth2Reply> giveToken(IssuerRequest request, String userId, AuthorizationRequest authorization) {
        return implicit.grant(authorization.client(), request, authorization.scope(), userId)
                .map(token -> OAuth2Reply.ok(authorization.redirect(token.members(request))));
    }
}
