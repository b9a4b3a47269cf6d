package io.gatehouse.issuer;

import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.CertificateProfile;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Authenticates clients (RFC 6749 §2.3, §3.2.1; docs/reference/oauth2.md#client-authentication). */
final class ClientAuthenticator {
    private static final int UNAUTHORIZED = OAuth2Error.INVALID_TOKEN.status();
    private static final String FAILED = "Invalid client authentication";
    private static final String CHALLENGE = "Basic realm=\"OAuth2.0\"";

    private final TokenStore tokens;
    private final SecretVerifier secrets;
    private final AssertionVerifier assertions;
    private final CertificateVerifier certificates;
    private final FailedSecrets failed;

    ClientAuthenticator(
            TokenStore tokens,
            SecretVerifier secrets,
            AssertionVerifier assertions,
            CertificateVerifier certificates,
            FailedSecrets failed) {
        this.tokens = tokens;
        this.secrets = secrets;
        this.assertions = assertions;
        this.certificates = certificates;
        this.failed = failed;
    }

    /**
     * The authenticated client; fails with {@link OAuth2Exception}.
     *
     * @throws OAuth2Exception {@code invalid_request} if the request has more than one client
     */
    Future<Client> authenticate(IssuerRequest request) {
        ClientCredentials credentials = ClientCredentials.of(request);
        return find(credentials, request)
                .compose(client -> check(client, credentials, request)
                        .compose(error -> error.<Future<Client>>map(Future::failedFuture)
                                .orElseGet(() -> Future.succeededFuture(client))));
    }

    /** Likewise, for a confidential client: a public one sends an id alone, which is no authentication (RFC 6749 §2.3). */
    Future<Client> authenticateConfidential(IssuerRequest request) {
        return authenticate(request)
                .compose(client -> client.isConfidential()
                        ? Future.succeededFuture(client)
                        : Future.failedFuture(
                                OAuth2Error.INVALID_CLIENT.because(FAILED).challenging(UNAUTHORIZED, CHALLENGE)));
    }

    /**
     * Like {@link #authenticate}, for a client that has redirect URIs, of which {@code redirect_uri} has to be one. Both checks are made, and a
     * failed authentication decides the response.
     */
    Future<Client> authenticateWithRedirectUri(IssuerRequest request) {
        ClientCredentials credentials = ClientCredentials.of(request);
        return find(credentials, request)
                .compose(client -> check(client, credentials, request).compose(error -> {
                    Optional<OAuth2Exception> last =
                            error.or(() -> Optional.ofNullable(redirectUriError(client, credentials, request)));
                    return last.<Future<Client>>map(Future::failedFuture)
                            .orElseGet(() -> Future.succeededFuture(client));
                }));
    }

    private Future<Client> find(ClientCredentials credentials, IssuerRequest request) {
        String clientId = credentials.clientId();
        if (clientId == null) {
            return Future.failedFuture(invalidClient(FAILED, credentials, request));
        }
        if (failed.isOver(
                request.config().failedSecretsPerMinute(),
                clientId,
                request.message().clientAddress())) {
            return Future.failedFuture(slowDown());
        }
        ClientCredentials.Decoded decoded = credentials.decoded();
        return tokens.findClient(clientId)
                // A client that is registered under the text as sent is never taken for another.
                .compose(found -> found.isPresent()
                                || decoded == null
                                || decoded.clientId().equals(clientId)
                        ? Future.succeededFuture(found)
                        : tokens.findClient(decoded.clientId()))
                .map(found -> found.filter(
                        client -> client.metadata().isUsableAt(request.config().pluginId())))
                .compose(found -> found.<Future<Client>>map(Future::succeededFuture)
                        .orElseGet(() -> Future.failedFuture(invalidClient(FAILED, credentials, request))));
    }

    private static @Nullable OAuth2Exception redirectUriError(
            Client client, ClientCredentials credentials, IssuerRequest request) {
        if (client.redirectUris().isEmpty()) {
            return request.isRfc()
                    ? OAuth2Error.UNAUTHORIZED_CLIENT.because(RedirectUris.NONE)
                    : invalidClient(FAILED, credentials, request);
        }
        Object redirectUri = request.parameters().get("redirect_uri");
        return RedirectUris.isRegistered(client, redirectUri)
                ? null
                : Departure.UNREGISTERED_REDIRECT_URI
                        .choose(request.isRfc(), OAuth2Error.INVALID_REQUEST, OAuth2Error.INVALID_GRANT)
                        .because(RedirectUris.MISMATCH);
    }

    private Future<Optional<OAuth2Exception>> check(
            Client client, ClientCredentials credentials, IssuerRequest request) {
        String method = client.metadata().authenticationMethod();
        if (!client.isConfidential()) {
            Optional<OAuth2Exception> disallowed = Optional.ofNullable(credentials.proof())
                    .map(proof -> OAuth2Error.INVALID_REQUEST.because(proof + " is disallowed for public clients"));
            // The operator relies on the method, which a public client does not have.
            return Future.succeededFuture(disallowed.or(
                    () -> Optional.ofNullable(method).map(unavailable -> invalidClient(FAILED, credentials, request))));
        }
        boolean isByCertificate = CertificateProfile.isMethod(method);
        if (isByCertificate ? !credentials.isIdAlone() : method != null && !method.equals(credentials.method())) {
            return Future.succeededFuture(Optional.of(invalidClient(FAILED, credentials, request)));
        }
        FailedSecrets.Attempts attempts = failed.ofClient(
                request.config().failedSecretsPerMinute(),
                client.clientId(),
                request.message().clientAddress());
        if (isByCertificate) {
            return certificates
                    .isOf(client, request)
                    .onSuccess(isOfClient -> {
                        if (!isOfClient) {
                            attempts.fail();
                        }
                    })
                    .map(isOfClient ->
                            isOfClient ? Optional.empty() : Optional.of(invalidClient(FAILED, credentials, request)));
        }
        ClientAssertion assertion = credentials.assertion();
        if (assertion != null && attempts.isOver()) {
            // Others have failed since the client was looked up. An HMAC is verified at once, so none is pending.
            return Future.failedFuture(slowDown());
        }
        Future<Optional<String>> violation = assertion == null
                ? secrets.verify(client, credentials.secretsOf(client.clientId()), attempts)
                        .map(isRight -> isRight ? Optional.empty() : Optional.of(FAILED))
                : assertions
                        .violation(client, assertion, request)
                        .onSuccess(found -> found.ifPresent(invalid -> attempts.fail()));
        return violation.map(found -> found.map(description -> invalidClient(description, credentials, request)));
    }

    private static OAuth2Exception slowDown() {
        return OAuth2Error.SLOW_DOWN.because("Too many failed attempts to authenticate this client");
    }

    private static OAuth2Exception invalidClient(
            String description, ClientCredentials credentials, IssuerRequest request) {
        OAuth2Exception error = OAuth2Error.INVALID_CLIENT.because(description);
        return credentials.fromHeader() || Departure.CLIENT_IN_BODY.followsRfc(request.isRfc())
                ? error.challenging(UNAUTHORIZED, CHALLENGE)
                : error;
    }
}
