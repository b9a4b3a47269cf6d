package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells who a client is (RFC 6749 §2.3, §3.2.1; docs/reference/oauth2.md#client-authentication). */
final class ClientAuthenticator {
    private static final int UNAUTHORIZED = OAuth2Error.INVALID_TOKEN.status();
    private static final String CHALLENGE = "Basic realm=\"OAuth2.0\"";

    private final TokenStore tokens;
    private final SecretVerifier secrets;
    private final FailedSecrets failed = new FailedSecrets();

    ClientAuthenticator(TokenStore tokens, SecretVerifier secrets) {
        this.tokens = tokens;
        this.secrets = secrets;
    }

    /**
     * The client, authenticated; fails with {@link OAuth2Exception}. All checks are made, and of those that fail the last
     * one's answer counts.
     *
     * @param withRedirect whether the client must have redirect URIs, and {@code redirect_uri} be one of them
     */
    Future<Client> authenticate(OAuth2Config config, OAuth2Request request, boolean withRedirect) {
        ClientCredentials credentials = ClientCredentials.of(request.parameters(), request.authorization());
        String clientId = credentials.clientId();
        if (clientId == null) {
            return Future.failedFuture(refusal(credentials));
        }
        if (failed.isOver(config.failedSecretsPerMinute(), clientId, request.clientAddress())) {
            return Future.failedFuture(
                    OAuth2Error.SLOW_DOWN.because("Too many failed attempts to authenticate this client"));
        }
        return tokens.findClient(clientId).compose(found -> {
            if (found.isEmpty()) {
                return Future.failedFuture(refusal(credentials));
            }
            OAuth2Exception redirect = withRedirect ? redirectRefusal(found.get(), credentials, request) : null;
            return checkSecret(found.get(), credentials, request.clientAddress())
                    .compose(refusal -> {
                        Optional<OAuth2Exception> last = refusal.or(() -> Optional.ofNullable(redirect));
                        return last.isPresent() ? Future.failedFuture(last.get()) : Future.succeededFuture(found.get());
                    });
        });
    }

    private static @Nullable OAuth2Exception redirectRefusal(
            Client client, ClientCredentials credentials, OAuth2Request request) {
        if (client.redirectUris().isEmpty()) {
            return refusal(credentials);
        }
        try {
            RedirectUris.choose(client, request.parameters().get("redirect_uri"));
            return null;
        } catch (OAuth2Exception e) {
            return e;
        }
    }

    private Future<Optional<OAuth2Exception>> checkSecret(
            Client client, ClientCredentials credentials, String address) {
        String secret = credentials.secret();
        if (!client.isConfidential()) {
            return Future.succeededFuture(
                    secret == null
                            ? Optional.empty()
                            : Optional.of(OAuth2Error.INVALID_REQUEST.because(
                                    "client_secret is disallowed for public clients")));
        }
        if (secret == null) {
            return Future.succeededFuture(Optional.of(refusal(credentials)));
        }
        return secrets.verify(client, secret).map(matches -> {
            if (matches) {
                return Optional.empty();
            }
            failed.add(client.clientId(), address);
            return Optional.of(refusal(credentials));
        });
    }

    private static OAuth2Exception refusal(ClientCredentials credentials) {
        OAuth2Exception refusal = OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
        return credentials.fromHeader() ? refusal.challenging(UNAUTHORIZED, CHALLENGE) : refusal;
    }
}
