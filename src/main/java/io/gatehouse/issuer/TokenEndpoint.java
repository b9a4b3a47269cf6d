package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.issuer.grant.Grant;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Serves {@code …/oauth2/token} (RFC 6749 §3.2, docs/reference/oauth2.md#token-endpoint). */
final class TokenEndpoint {
    private final ClientAuthenticator clients;
    private final ClientProofs proofs;
    private final Map<String, Grant> grants;

    TokenEndpoint(ClientAuthenticator clients, ClientProofs proofs, List<Grant> grants) {
        this.clients = clients;
        this.proofs = proofs;
        this.grants = grants.stream().collect(Collectors.toUnmodifiableMap(Grant::type, grant -> grant));
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        String type = request.text("grant_type");
        Grant known = type == null ? null : grants.get(type);
        Grant grant = known != null && known.isEnabled(request.config()) ? known : null;
        // Both checks are made, and an error of the client decides the response; in Kong, also a lack of redirect URIs.
        boolean isGrantFirst = Departure.NO_SUCH_GRANT.followsRfc(request.isRfc());
        Grant checked = isGrantFirst ? grant : known;
        boolean needsRedirectUris = checked == null ? !isGrantFirst : checked.needsRedirectUris(request.config());
        Future<Client> client =
                needsRedirectUris ? clients.authenticateWithRedirectUri(request) : clients.authenticate(request);
        return client.compose(authenticated ->
                grant == null ? Future.failedFuture(noGrant(type, request)) : give(grant, authenticated, request));
    }

    private Future<OAuth2Reply> give(Grant grant, Client client, IssuerRequest request) {
        if (!client.metadata().allows(grant.type())) {
            return Future.failedFuture(
                    OAuth2Error.UNAUTHORIZED_CLIENT.because("The client may not use this grant_type"));
        }
        return proofs.use(client, request)
                .compose(bound -> grant.grant(client, bound).map(token -> OAuth2Reply.ok(grant.members(token, bound))));
    }

    private static OAuth2Exception noGrant(@Nullable String type, IssuerRequest request) {
        OAuth2Error error = type == null
                ? Departure.NO_GRANT_TYPE.choose(
                        request.isRfc(), OAuth2Error.UNSUPPORTED_GRANT_TYPE, OAuth2Error.INVALID_REQUEST)
                : OAuth2Error.UNSUPPORTED_GRANT_TYPE;
        return error.because("Invalid grant_type");
    }
}
