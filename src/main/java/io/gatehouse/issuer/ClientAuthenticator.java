package io.gatehouse.issuer;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.Optional;

/** Tells who a client is (RFC 6749 §2.3, §3.2.1; contract/oauth2.md §5.3–4). */
final class ClientAuthenticator {
    private static final int UNAUTHORIZED = OAuth2Error.INVALID_TOKEN.status();
    private static final String CHALLENGE = "Basic realm=\"OAuth2.0\"";

    private final TokenStore tokens;
    private final SecretVerifier secrets;

    ClientAuthenticator(TokenStore tokens, SecretVerifier secrets) {
        this.tokens = tokens;
        this.secrets = secrets;
    }

    /** The client, authenticated; fails with {@link OAuth2Exception}. */
    Future<Client> authenticate(ClientCredentials credentials) {
        if (credentials.clientId() == null) {
            return Future.failedFuture(refusal(credentials));
        }
        return tokens.findClient(credentials.clientId()).compose(found -> authenticate(found, credentials));
    }

    private Future<Client> authenticate(Optional<Client> found, ClientCredentials credentials) {
        String secret = credentials.secret();
        if (found.isEmpty()) {
            return Future.failedFuture(refusal(credentials));
        }
        Client client = found.get();
        if (!client.isConfidential()) {
            return secret == null
                    ? Future.succeededFuture(client)
                    : Future.failedFuture(
                            OAuth2Error.INVALID_REQUEST.because("client_secret is disallowed for public clients"));
        }
        if (secret == null) {
            return Future.failedFuture(refusal(credentials));
        }
        return secrets.verify(client, secret)
                .compose(matches ->
                        matches ? Future.succeededFuture(client) : Future.failedFuture(refusal(credentials)));
    }

    private static OAuth2Exception refusal(ClientCredentials credentials) {
        OAuth2Exception refusal = OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
        return credentials.fromHeader() ? refusal.challenging(UNAUTHORIZED, CHALLENGE) : refusal;
    }
}
