package io.gatehouse.issuer;

import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.ProvisionKeys;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.oauth.ProvenKey;
import io.gatehouse.schema.RandomString;
import io.gatehouse.store.PushedRequestStore;
import io.gatehouse.syntax.Json;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves {@code …/oauth2/par} (RFC 9126, docs/reference/oauth2.md#pushed-authorization-requests): a client pushes the parameters of an
 * authorization request, and the browser carries their reference alone. The login backend reads them there, and the authorization
 * endpoint uses them.
 */
final class PushedRequests {
    private static final int CREATED = 201;
    /** Characters of the parameters as JSON. */
    private static final int MAX_LENGTH = 8_192;

    private static final String SCHEME = "urn:ietf:params:oauth:request_uri:";
    private static final String REFERENCE = "request_uri";

    /** What the login backend adds to the parameters. A client that pushes them would name the resource owner itself. */
    private static final List<String> OF_THE_BACKEND = List.of("provision_key", "authenticated_userid");

    /** What authenticates the client, and is not stored. */
    private static final Set<String> CREDENTIALS = Set.of("client_secret", "client_assertion", "client_assertion_type");

    private final ClientAuthenticator clients;
    private final ClientProofs proofs;
    private final PublicClientLimit limit;
    private final PushedRequestStore requests;
    private final ProvisionKeys provisionKeys;

    PushedRequests(
            ClientAuthenticator clients,
            ClientProofs proofs,
            PublicClientLimit limit,
            PushedRequestStore requests,
            ProvisionKeys provisionKeys) {
        this.clients = clients;
        this.proofs = proofs;
        this.limit = limit;
        this.requests = requests;
        this.provisionKeys = provisionKeys;
    }

    Future<OAuth2Reply> handle(IssuerRequest request) {
        if (request.text("provision_key") != null) {
            provisionKeys.require(request);
            return requests.find(reference(request), request.config().pluginId())
                    .map(PushedRequests::required)
                    .map(PushedRequests::shown);
        }
        return clients.authenticate(request).compose(client -> {
            limit.count(client, request);
            return proofs.useGiven(client, request).compose(proven -> push(client, proven));
        });
    }

    private Future<OAuth2Reply> push(Client client, IssuerRequest request) {
        if (request.text(REFERENCE) != null) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("request_uri cannot be pushed"));
        }
        OAuth2Exception error = new AuthorizationRequest(request, null, Optional.of(client)).error();
        if (error != null) {
            return Future.failedFuture(error);
        }
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>(request.parameters());
        parameters.keySet().removeAll(CREDENTIALS);
        parameters.keySet().removeAll(OF_THE_BACKEND);
        // An empty one, which counts as omitted (RFC 6749 §3.1).
        parameters.remove(REFERENCE);
        parameters.put("client_id", client.clientId());
        ProvenKey key = request.message().provenKey();
        if (key != null) {
            // RFC 9449 §10.1
            parameters.put("dpop_jkt", key.thumbprint());
        }
        if (Json.write(parameters).length() > MAX_LENGTH) {
            return Future.failedFuture(OAuth2Error.REQUEST_TOO_LARGE.because(
                    "The parameters have more than " + MAX_LENGTH + " characters"));
        }
        String reference = RandomString.next();
        return requests.insert(
                        CredentialDigest.of(reference),
                        client.credentialId(),
                        request.config().pluginId(),
                        parameters)
                .compose(isStored -> isStored
                        ? Future.succeededFuture(new OAuth2Reply(
                                CREATED,
                                Map.of(),
                                Map.of(REFERENCE, SCHEME + reference, "expires_in", PushedRequestStore.LIFE_SECONDS)))
                        : Future.failedFuture(OAuth2Error.SLOW_DOWN.because(
                                "Too many pushed requests of this client have not expired")));
    }

    private static OAuth2Reply shown(Map<String, @Nullable Object> parameters) {
        Map<String, Object> shown = new LinkedHashMap<>();
        parameters.forEach((name, value) -> {
            if (value != null) {
                shown.put(name, value);
            }
        });
        return OAuth2Reply.ok(shown);
    }

    /**
     * Returns the authorization request that the login backend's request refers to; the same request if it refers to none. Parameters
     * beside the reference do not count (RFC 9101 §6.3), except those of the backend.
     */
    Future<IssuerRequest> resolve(IssuerRequest request) {
        if (!request.config().pushedRequests() || request.text(REFERENCE) == null) {
            return Future.succeededFuture(request);
        }
        String clientId = request.text("client_id");
        return requests.use(
                        reference(request),
                        request.config().pluginId(),
                        clientId == null ? "" : clientId,
                        request.attemptDigest())
                .map(PushedRequests::required)
                .map(pushed -> {
                    Map<String, @Nullable Object> parameters = new LinkedHashMap<>(pushed);
                    OF_THE_BACKEND.forEach(
                            name -> parameters.put(name, request.parameters().get(name)));
                    return request.withParameters(parameters);
                });
    }

    private static Map<String, @Nullable Object> required(Optional<Map<String, @Nullable Object>> found) {
        return found.orElseThrow(PushedRequests::invalid);
    }

    private static CredentialDigest reference(IssuerRequest request) {
        String uri = request.text(REFERENCE);
        if (uri == null || !uri.startsWith(SCHEME)) {
            throw invalid();
        }
        return CredentialDigest.of(uri.substring(SCHEME.length()));
    }

    private static OAuth2Exception invalid() {
        return OAuth2Error.INVALID_REQUEST_URI.because("Invalid request_uri");
    }
}
