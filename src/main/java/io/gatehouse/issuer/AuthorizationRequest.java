package io.gatehouse.issuer;

import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.Pkce;
import io.gatehouse.issuer.grant.RequestedScope;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ClientMetadata;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks an authorization request (RFC 6749 §4.1.1, §4.2.1). All checks are made, and the last one that fails decides the response.
 */
final class AuthorizationRequest {
    private final IssuerRequest request;
    private final Optional<Client> client;
    private final @Nullable String responseType;
    private final boolean isCode;
    private @Nullable String scope;
    private @Nullable GrantedAccess access;
    private @Nullable String redirectUri;
    private @Nullable String challenge;
    private @Nullable OAuth2Exception error;

    /** {@code userId} is the resource owner; null if none has agreed yet. */
    AuthorizationRequest(IssuerRequest request, @Nullable String userId, Optional<Client> found) {
        this.request = request;
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
        String chosen = RedirectUris.choose(client.get(), requested);
        if (RedirectUris.isClearText(chosen) && Departure.CLEAR_TEXT_REDIRECT_URI.followsRfc(request.isRfc())) {
            throw OAuth2Error.INVALID_REQUEST.because(RedirectUris.CLEAR_TEXT);
        }
        redirectUri = chosen;
        ClientMetadata metadata = client.get().metadata();
        String grant = isCode ? "authorization_code" : "implicit";
        // A token in a redirect URI is bound to no key (RFC 9449 §5, RFC 8705 §3).
        boolean isAllowed = metadata.allows(grant) && (isCode || !metadata.isBound());
        if (responseType != null && !isAllowed) {
            throw OAuth2Error.UNAUTHORIZED_CLIENT.because("The client may not use this response_type");
        }
    }

    private OAuth2Exception noClient(Departure departure, OAuth2Error rfcs, String description) {
        return departure.followsRfc(request.isRfc())
                ? rfcs.because(description)
                : OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
    }

    /** The error that decides the response; null if the request is valid. */
    @Nullable
    OAuth2Exception error() {
        return error;
    }

    /** Whether it is for a code, and not for a token. */
    boolean isCode() {
        return isCode;
    }

    Client client() {
        return client.orElseThrow();
    }

    @Nullable
    String scope() {
        return scope;
    }

    GrantedAccess access() {
        return Objects.requireNonNull(access);
    }

    /** PKCE's challenge; null: none. */
    @Nullable
    String challenge() {
        return challenge;
    }

    /** The registered redirect URI that the response is for; null: there is none. */
    @Nullable
    String redirectUri() {
        return redirectUri;
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
