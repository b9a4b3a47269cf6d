package io.gatehouse.issuer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.LookUpCredentials;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.issuer.grant.AccessTokenForm;
import io.gatehouse.issuer.grant.AuthorizationCodeGrant;
import io.gatehouse.issuer.grant.ClientCredentialsGrant;
import io.gatehouse.issuer.grant.CodeRedemption;
import io.gatehouse.issuer.grant.DeviceCodeGrant;
import io.gatehouse.issuer.grant.FailedSecrets;
import io.gatehouse.issuer.grant.Grant;
import io.gatehouse.issuer.grant.ImplicitGrant;
import io.gatehouse.issuer.grant.IssuerRequest;
import io.gatehouse.issuer.grant.PasswordGrant;
import io.gatehouse.issuer.grant.ProvisionKeys;
import io.gatehouse.issuer.grant.RefreshTokenGrant;
import io.gatehouse.issuer.grant.ReplayRevocation;
import io.gatehouse.issuer.grant.TokenExchangeGrant;
import io.gatehouse.issuer.grant.TokenIssuance;
import io.gatehouse.issuer.jwt.AccessTokenSigner;
import io.gatehouse.issuer.jwt.SigningKeys;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.store.StoreException;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves requests of proxies to the plugin's endpoints, from the event bus: the token-issuer role. */
public final class TokenIssuerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(TokenIssuerVerticle.class);
    private static final int OK = 200;

    private final String nodeId;
    private final IssuerStores stores;
    private final Supplier<byte[]> signingSecret;
    private final CredentialCache cache;
    private final ChangeBroadcast changes;
    private final ChangeFeedFreshness freshness;
    private final Supplier<@Nullable Catalog> catalog;
    private final MeterRegistry metrics;
    private final PluginConfigs configs = new PluginConfigs();

    /**
     * Creates the verticle of a node.
     *
     * @param signingSecret returns the secret that encrypts the keys of JWT access tokens; it may read a file
     * @param catalog returns the configuration that this node serves, or null before the first
     */
    public TokenIssuerVerticle(
            String nodeId,
            IssuerStores stores,
            Supplier<byte[]> signingSecret,
            CredentialCache cache,
            ChangeBroadcast changes,
            ChangeFeedFreshness freshness,
            Supplier<@Nullable Catalog> catalog,
            MeterRegistry metrics) {
        this.nodeId = nodeId;
        this.stores = stores;
        this.signingSecret = signingSecret;
        this.cache = cache;
        this.changes = changes;
        this.freshness = freshness;
        this.catalog = catalog;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        FailedSecrets failed = new FailedSecrets();
        SignatureVerifier signatures = new SignatureVerifier(vertx);
        SecretVerifier secrets = new SecretVerifier(vertx, stores.tokens()::replaceSecret);
        ClientAuthenticator clients = new ClientAuthenticator(
                stores.tokens(),
                secrets,
                new AssertionVerifier(stores.assertions(), signatures, freshness::epochSeconds),
                new CertificateVerifier(signatures, catalog, freshness::epochSeconds),
                failed);
        SigningKeys keys = new SigningKeys(vertx, stores.signingKeys(), signingSecret, freshness::epochSeconds);
        AccessTokenForm form = new AccessTokenForm(new AccessTokenSigner(vertx, keys), freshness::epochSeconds);
        TokenIssuance issuance = new TokenIssuance(stores.tokens(), cache, form);
        List<Grant> all = grants(issuance, new ProvisionKeys(failed));
        Map<Endpoint, EndpointHandler> endpoints = endpoints(clients, secrets, failed, issuance, keys, all);
        IssuerCounters counters =
                new IssuerCounters(metrics, all.stream().map(Grant::type).collect(Collectors.toSet()));
        return Future.all(
                vertx.eventBus()
                        .<OAuth2Request>consumer(
                                Addresses.oauth2(nodeId), message -> respond(endpoints, counters, message))
                        .completion(),
                vertx.eventBus()
                        .<LookUpCredentials>consumer(
                                Addresses.lookUpCredentials(nodeId),
                                new LookupEndpoint(stores.tokens(), stores.credentials(), cache, freshness)::handle)
                        .completion());
    }

    private List<Grant> grants(TokenIssuance issuance, ProvisionKeys provisionKeys) {
        ReplayRevocation misuse = new ReplayRevocation(stores.grants(), changes, metrics);
        CodeRedemption redemption = new CodeRedemption(stores.grants(), issuance, misuse);
        return List.of(
                new AuthorizationCodeGrant(redemption),
                new DeviceCodeGrant(stores.deviceCodes(), redemption),
                new ClientCredentialsGrant(issuance, provisionKeys),
                new PasswordGrant(issuance, provisionKeys),
                new RefreshTokenGrant(stores.grants(), issuance, changes, misuse),
                new TokenExchangeGrant(stores.exchanges(), issuance));
    }

    private Map<Endpoint, EndpointHandler> endpoints(
            ClientAuthenticator clients,
            SecretVerifier secrets,
            FailedSecrets failed,
            TokenIssuance issuance,
            SigningKeys signingKeys,
            List<Grant> all) {
        ProvisionKeys keys = new ProvisionKeys(failed);
        ClientProofs proofs = new ClientProofs(stores.assertions());
        PublicClientLimit limit = new PublicClientLimit(failed);
        PushedRequests pushed = new PushedRequests(clients, proofs, limit, stores.pushedRequests(), keys);
        DeviceAuthorization devices = new DeviceAuthorization(clients, limit, stores.deviceCodes(), keys, failed);
        AuthorizeEndpoint authorize = new AuthorizeEndpoint(
                stores.tokens(), stores.grants(), new ImplicitGrant(issuance), pushed, devices, keys);
        IntrospectionEndpoint introspection =
                new IntrospectionEndpoint(clients, stores.tokens(), stores.exchanges(), freshness, keys);
        ClientRegistration registration =
                new ClientRegistration(stores.registrations(), stores.entities(), changes, secrets, failed);
        return Map.of(
                Endpoint.TOKEN, new TokenEndpoint(clients, proofs, all)::handle,
                Endpoint.AUTHORIZE, authorize::handle,
                Endpoint.PAR, pushed::handle,
                Endpoint.DEVICE_AUTHORIZATION, devices::handle,
                Endpoint.REGISTRATION, registration::handle,
                Endpoint.INTROSPECT, introspection::handle,
                Endpoint.JWKS, request -> signingKeys.published().map(TokenIssuerVerticle::keySet),
                Endpoint.REVOKE, new RevocationEndpoint(clients, stores.grants(), changes, metrics)::handle);
    }

    /** RFC 7517 §5. A key is published for longer before it signs. */
    private static OAuth2Reply keySet(List<Map<String, Object>> keys) {
        return new OAuth2Reply(OK, Map.of("Cache-Control", "public, max-age=300"), Map.of("keys", keys));
    }

    /** One of the plugin's endpoints. */
    private interface EndpointHandler {
        Future<OAuth2Reply> handle(IssuerRequest request);
    }

    private void respond(
            Map<Endpoint, EndpointHandler> endpoints, IssuerCounters counters, Message<OAuth2Request> message) {
        OAuth2Request request = message.body();
        Future.succeededFuture(configs.of(catalog.get(), request.pluginId()))
                .compose(config -> config.isEmpty()
                        // The proxy has a version of the configuration that this node does not have yet, or no more.
                        ? Future.failedFuture(new IssuerUnavailable("plugin " + request.pluginId() + " is unknown"))
                        : handle(endpoints, new IssuerRequest(config.get(), request)))
                .otherwise(TokenIssuerVerticle::failed)
                .onSuccess(reply -> {
                    counters.count(request, reply);
                    message.reply(reply);
                });
    }

    private static Future<OAuth2Reply> handle(Map<Endpoint, EndpointHandler> endpoints, IssuerRequest request) {
        EndpointHandler endpoint =
                Objects.requireNonNull(endpoints.get(request.message().endpoint()));
        return Future.succeededFuture(request)
                .compose(endpoint::handle)
                .otherwise(TokenIssuerVerticle::failed)
                .map(reply -> withState(request, reply));
    }

    /** A redirect has the {@code state} in its URI already. */
    private static OAuth2Reply withState(IssuerRequest request, OAuth2Reply reply) {
        return reply.body().containsKey("redirect_uri")
                ? reply
                : new OAuth2Reply(reply.status(), reply.headers(), request.withState(reply.body()));
    }

    /** The one place where a failure becomes a response of the authorization server. */
    private static OAuth2Reply failed(Throwable failure) {
        if (failure instanceof OAuth2Exception expected) {
            return OAuth2Reply.of(expected);
        }
        if (failure instanceof StoreException.OwnerDeleted deleted && deleted.isClient()) {
            return OAuth2Reply.of(OAuth2Error.INVALID_CLIENT.because("Invalid client authentication"));
        }
        if (failure instanceof StoreException.DatabaseUnavailable
                || failure instanceof StoreException.OwnerDeleted
                || failure instanceof IssuerUnavailable) {
            // The connection pool logs once that PostgreSQL is unreachable.
            LOG.debug("cannot issue: {}", failure.getMessage());
            return OAuth2Reply.of(
                    OAuth2Error.TEMPORARILY_UNAVAILABLE.because("The authorization server is unable to answer now"));
        }
        LOG.error("a token request failed", failure);
        return OAuth2Reply.of(OAuth2Error.SERVER_ERROR.because("An unexpected error occurred"));
    }
}
