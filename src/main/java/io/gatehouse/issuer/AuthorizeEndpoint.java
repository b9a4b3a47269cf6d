package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.ImplicitGrant;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.Pkce;
import io.gatehouse.issuer.grant.ProvisionKeys;
import io.gatehouse.issuer.grant.RequestedScope;
import io.gatehouse.oauth.AuthorizationCode;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code …/oauth2/authorize} (RFC 6749 §3.1, docs/reference/oauth2.md#authorization-endpoint): the login backend calls it
 * after the resource owner has agreed, and receives the URI for the owner's browser.
 */
final class AuthorizeEndpoint {
    private final TokenStore tokens;
    private final GrantStore grants;
    private final ImplicitGrant implicit;
    private final ProvisionKeys provisionKeys;

    AuthorizeEndpoint(TokenStore tokens, GrantStore grants, ImplicitGrant implicit, ProvisionKeys provisionKeys) {
        this.tokens = tokens;
        this.grants = grants;
        this.implicit = implicit;
        this.provisionKeys = provisionKeys;
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        provisionKeys.require(request);
        String userId = request.requireUserId();
        String clientId = request.text("client_id");
        Future<Optional<Client>> found =
                clientId == null ? Future.succeededFuture(Optional.empty()) : tokens.findClient(clientId);
        return found.compose(client -> respond(new Authorization(request, userId, client)));
    }

    private Future<OAuth2Reply> respond(Authorization authorization) {
        OAuth2Exception error = authorization.error;
        if (error != null) {
            return Future.succeededFuture(failed(error, authorization));
        }
        return authorization.isCode ? giveCode(authorization) : giveToken(authorization);
    }

    /** An error is sent to a redirect URI only if the URI is registered. */
    private static OAuth2Reply failed(OAuth2Exception error, Authorization authorization) {
        return authorization.redirectUri == null
                ? OAuth2Reply.of(error)
                : new OAuth2Reply(error.status(), Map.of(), authorization.redirect(error.body()));
    }

    private Future<OAuth2Reply> giveCode(Authorization authorization) {
        String code = RandomString.next();
        IssuerRequest request = authorization.request;
        AuthorizationCode stored = new AuthorizationCode(
                authorization.client().credentialId(),
                request.config().pluginId(),
                authorization.access(),
                authorization.challenge,
                authorization.redirectUri,
                !RedirectUris.isAbsent(request.parameters().get("redirect_uri")),
                RequestedScope.isDifferent(request, authorization.scope));
        return grants.insertCode(CredentialDigest.of(code), stored)
                .map(done -> OAuth2Reply.ok(authorization.redirect(Map.of("code", code))));
    }

    private Future<OAuth2Reply> giveToken(Authorization authorization) {
        IssuerRequest request = authorization.request;
        return implicit.grant(authorization.client(), request, authorization.scope, authorization.userId)
                .map(token -> OAuth2Reply.ok(authorization.redirect(token.members(request))));
    }

    /** Makes all checks, of which the last one that fails decides the response. */
    private static final class Authorization {
        private final IssuerRequest request;
        private final String userId;
        private final Optional<Client> client;
        private final @Nullable String responseType;
        private final boolean isCode;
        private @Nullable String scope;
        private @Nullable GrantedAccess access;
        private @Nullable String redirectUri;
        private @Nullable String challenge;
        private @Nullable OAuth2Exception error;

        Authorization(IssuerRequest request, String userId, Optional<Client> found) {
            this.request = request;
            this.userId = userId;
            this.client = found;
            this.responseType = request.text("response_type");
            this.isCode = "code".equals(responseType);
            check(this::checkResponseType);
            check(() -> scope = RequestedScope.check(request));
            check(() -> access = request.accessOfCode(userId, scope));
            check(this::checkClient);
            boolean isChallengeChecked =
                    isCode || Departure.CHALLENGE_OF_IMPLICIT_GRANT.choose(request.isRfc(), true, false);
            if (isChallengeChecked
                    && client.isPresent()
                    && !client.get().redirectUris().isEmpty()) {
                check(() -> challenge = Pkce.challenge(request, client.get()));
            }
        }

        private void check(Runnable step) {
            try {
                step.run();
            } catch (OAuth2Exception e) {
                error = e;
            }
        }

        private void checkResponseType() {
            boolean isSupported = isCode
                    ? request.config().authorizationCode()
                    : "token".equals(responseType) && request.config().implicitGrant();
            if (!isSupported) {
                OAuth2Error code = responseType == null
                        ? Departure.NO_RESPONSE_TYPE.choose(
                                request.isRfc(), OAuth2Error.UNSUPPORTED_RESPONSE_TYPE, OAuth2Error.INVALID_REQUEST)
                        : OAuth2Error.UNSUPPORTED_RESPONSE_TYPE;
                throw code.because("Invalid response_type");
            }
        }

        private void checkClient() {
            if (client.isEmpty()) {
                throw noClient(Departure.UNKNOWN_CLIENT, OAuth2Error.INVALID_REQUEST, "Invalid client_id");
            }
            if (client.get().redirectUris().isEmpty()) {
                throw noClient(Departure.NO_REDIRECT_URIS, OAuth2Error.UNAUTHORIZED_CLIENT, RedirectUris.NONE);
            }
            Object requested = request.parameters().get("redirect_uri");
            if (RedirectUris.isAmbiguous(client.get(), requested)
                    && Departure.SEVERAL_REDIRECT_URIS.followsRfc(request.isRfc())) {
                throw OAuth2Error.INVALID_REQUEST.because(RedirectUris.AMBIGUOUS);
            }
            redirectUri = RedirectUris.choose(client.get(), requested);
        }

        private OAuth2Exception noClient(Departure departure, OAuth2Error rfcs, String description) {
            return departure.followsRfc(request.isRfc())
                    ? rfcs.because(description)
                    : OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
        }

        Client client() {
            return client.orElseThrow();
        }

        GrantedAccess access() {
            return Objects.requireNonNull(access);
        }

        /** The response that sends the browser to the redirect URI with the parameters. */
        Map<String, Object> redirect(Map<String, Object> parameters) {
            Map<String, Object> all = new LinkedHashMap<>(request.withState(parameters));
            // An issuer that is derived from this request has the host of the login backend, and the metadata the
            // client's.
            String issuer = request.config().issuer();
            if (issuer != null && Departure.ISSUER_IN_RESPONSE.followsRfc(request.isRfc())) {
                all.put("iss", issuer);
            }
            String uri = Objects.requireNonNull(redirectUri);
            return Map.of(
                    "redirect_uri",
                    isInFragment(all) ? RedirectUris.withFragment(uri, all) : RedirectUris.withQuery(uri, all));
        }

        private boolean isInFragment(Map<String, Object> parameters) {
            if (!"token".equals(responseType)) {
                return false;
            }
            return !parameters.containsKey("error") || Departure.IMPLICIT_ERROR.followsRfc(request.isRfc());
        }
    }
}
