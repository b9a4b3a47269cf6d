package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.issuer.grant.GrantRequest;
import io.gatehouse.issuer.grant.ImplicitGrant;
import io.gatehouse.issuer.grant.Pkce;
import io.gatehouse.issuer.grant.RequestedScope;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * {@code …/oauth2/authorize} (RFC 6749 §3.1, docs/reference/oauth2.md#authorization-endpoint): the login backend says that the resource owner agreed,
 * and gets the URI to send the owner's browser to.
 */
final class AuthorizeEndpoint {
    private static final int OK = 200;

    private final TokenStore tokens;
    private final GrantStore grants;
    private final ImplicitGrant implicit;

    AuthorizeEndpoint(TokenStore tokens, GrantStore grants, ImplicitGrant implicit) {
        this.tokens = tokens;
        this.grants = grants;
        this.implicit = implicit;
    }

    Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request) {
        GrantRequest grant = GrantRequest.of(config, request);
        grant.requireProvisionKey();
        String userId = grant.requireAuthenticatedUserId();
        String clientId = grant.text("client_id");
        Future<Optional<Client>> found =
                clientId == null ? Future.succeededFuture(Optional.empty()) : tokens.findClient(clientId);
        return found.compose(client -> answer(new Authorization(grant, userId, client)));
    }

    private Future<OAuth2Reply> answer(Authorization authorization) {
        OAuth2Exception refusal = authorization.refusal;
        if (refusal != null) {
            return Future.succeededFuture(refused(refusal, authorization));
        }
        return authorization.isCode ? giveCode(authorization) : giveToken(authorization);
    }

    /** An error goes to the redirect URI only when that is one of the client's own. */
    private static OAuth2Reply refused(OAuth2Exception refusal, Authorization authorization) {
        String uri = authorization.redirectUri;
        return uri == null
                ? new OAuth2Reply(refusal.status(), refusal.headers(), refusal.body())
                : new OAuth2Reply(
                        refusal.status(),
                        Map.of(),
                        redirect(RedirectUris.withQuery(uri, authorization.withState(refusal.body()))));
    }

    private Future<OAuth2Reply> giveCode(Authorization authorization) {
        String code = RandomString.next();
        GrantRequest grant = authorization.grant;
        Client client = authorization.client();
        AuthorizationCode stored = new AuthorizationCode(
                client.credentialId(),
                grant.binding(),
                grant.config().pluginId(),
                authorization.userId,
                authorization.scope,
                authorization.challenge,
                UUID.randomUUID());
        return grants.insertCode(CredentialDigest.of(code), stored).map(done -> {
            Map<String, Object> parameters = new LinkedHashMap<>();
            parameters.put("code", code);
            return reply(RedirectUris.withQuery(authorization.uri(), authorization.withState(parameters)));
        });
    }

    private Future<OAuth2Reply> giveToken(Authorization authorization) {
        return implicit.grant(authorization.client(), authorization.grant, authorization.scope, authorization.userId)
                .map(token ->
                        reply(RedirectUris.withFragment(authorization.uri(), authorization.withState(token.answer()))));
    }

    private static OAuth2Reply reply(String uri) {
        return new OAuth2Reply(OK, Map.of(), redirect(uri));
    }

    private static Map<String, Object> redirect(String uri) {
        return Map.of("redirect_uri", uri);
    }

    /** The checks that are all made, of which the last one that fails gives the answer. */
    private static final class Authorization {
        private final GrantRequest grant;
        private final String userId;
        private final Optional<Client> client;
        private final boolean isCode;
        private @Nullable String scope;
        private @Nullable String redirectUri;
        private @Nullable String challenge;
        private @Nullable OAuth2Exception refusal;

        Authorization(GrantRequest grant, String userId, Optional<Client> found) {
            this.grant = grant;
            this.userId = userId;
            this.client = found.filter(known -> !known.redirectUris().isEmpty());
            this.isCode = "code".equals(grant.text("response_type"));
            check(this::checkResponseType);
            check(() -> scope = RequestedScope.check(grant));
            check(this::checkClient);
            if (isCode && client.isPresent()) {
                check(() -> challenge = Pkce.challenge(grant, client.get()));
            }
        }

        private void check(Runnable step) {
            try {
                step.run();
            } catch (OAuth2Exception e) {
                refusal = e;
            }
        }

        private void checkResponseType() {
            boolean supported = isCode
                    ? grant.config().authorizationCode()
                    : "token".equals(grant.text("response_type"))
                            && grant.config().implicitGrant();
            if (!supported) {
                throw OAuth2Error.UNSUPPORTED_RESPONSE_TYPE.because("Invalid response_type");
            }
        }

        private void checkClient() {
            if (client.isEmpty()) {
                throw OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
            }
            redirectUri = RedirectUris.choose(client.get(), grant.parameters().get("redirect_uri"));
        }

        Client client() {
            return client.orElseThrow();
        }

        String uri() {
            return redirectUri == null ? client().redirectUris().get(0) : redirectUri;
        }

        Map<String, Object> withState(Map<String, Object> parameters) {
            Object state = grant.parameters().get("state");
            if (state != null) {
                parameters.put("state", state);
            }
            return parameters;
        }
    }
}
