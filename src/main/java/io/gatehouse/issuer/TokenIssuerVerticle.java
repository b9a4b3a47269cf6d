package io.gatehouse.issuer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.LookUpCredentials;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.OAuth2Request.Endpoint;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.changes.ChangeBroadcast;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.issuer.grant.AuthorizationCodeGrant;
import io.gatehouse.issuer.grant.ClientCredentialsGrant;
import io.gatehouse.issuer.grant.ImplicitGrant;
import io.gatehouse.issuer.grant.PasswordGrant;
import io.gatehouse.issuer.grant.RefreshTokenGrant;
import io.gatehouse.issuer.grant.ReplayRevocation;
import io.gatehouse.issuer.grant.TokenIssuance;
import io.gatehouse.lookup.ChangeFeedFreshness;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.lookup.IssuerUnavailable;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.CredentialStore;
import io.gatehouse.store.GrantStore;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.TokenStore;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token-issuer role: takes requests from the event bus, and turns every outcome into an answer. */
public final class TokenIssuerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(TokenIssuerVerticle.class);

    private final String nodeId;
    private final TokenStore tokens;
    private final GrantStore grants;
    private final CredentialStore credentials;
    private final CredentialCache cache;
    private final ChangeBroadcast changes;
    private final ChangeFeedFreshness contact;
    private final Supplier<@Nullable Catalog> catalog;
    private final MeterRegistry metrics;

    /** {@code catalog} gives the configuration this node serves, or null before the first. */
    public TokenIssuerVerticle(
            String nodeId,
            TokenStore tokens,
            GrantStore grants,
            CredentialStore credentials,
            CredentialCache cache,
            ChangeBroadcast changes,
            ChangeFeedFreshness contact,
            Supplier<@Nullable Catalog> catalog,
            MeterRegistry metrics) {
        this.nodeId = nodeId;
        this.tokens = tokens;
        this.grants = grants;
        this.credentials = credentials;
        this.cache = cache;
        this.changes = changes;
        this.contact = contact;
        this.catalog = catalog;
        this.metrics = metrics;
    }

    @Override
    public Future<?> start() {
        Map<Endpoint, OAuth2RequestHandler> endpoints = endpoints();
        IssuerCounters counters = new IssuerCounters(metrics);
        return Future.all(
                vertx.eventBus()
                        .<OAuth2Request>consumer(
                                Addresses.oauth2(nodeId), message -> answer(endpoints, counters, message))
                        .completion(),
                vertx.eventBus()
                        .<LookUpCredentials>consumer(
                                Addresses.lookUpCredentials(nodeId),
                                new LookupEndpoint(tokens, credentials, cache, contact)::answer)
                        .completion());
    }

    private Map<Endpoint, OAuth2RequestHandler> endpoints() {
        ClientAuthenticator clients = new ClientAuthenticator(tokens, new SecretVerifier(vertx, tokens));
        TokenIssuance issuance = new TokenIssuance(tokens, cache);
        ReplayRevocation misuse = new ReplayRevocation(grants, changes, metrics);
        TokenEndpoint token = new TokenEndpoint(
                clients,
                Map.of(
                        "authorization_code", new AuthorizationCodeGrant(grants, issuance, misuse),
                        "client_credentials", new ClientCredentialsGrant(issuance),
                        "password", new PasswordGrant(issuance),
                        "refresh_token", new RefreshTokenGrant(grants, issuance, changes, misuse)));
        return Map.of(
                Endpoint.TOKEN, token::handle,
                Endpoint.AUTHORIZE, new AuthorizeEndpoint(tokens, grants, new ImplicitGrant(issuance))::handle,
                Endpoint.INTROSPECT, new IntrospectionEndpoint(clients, tokens, contact)::handle,
                Endpoint.REVOKE, new RevocationEndpoint(clients, grants, changes, metrics)::handle);
    }

    /** One of the plugin's endpoints. */
    private interface OAuth2RequestHandler {
        Future<OAuth2Reply> handle(OAuth2Config config, OAuth2Request request);
    }

    private void answer(
            Map<Endpoint, OAuth2RequestHandler> endpoints, IssuerCounters counters, Message<OAuth2Request> message) {
        OAuth2Request request = message.body();
        Future.succeededFuture(config(request))
                .compose(config -> config.isEmpty()
                        // The proxy knows a plugin this node has not heard of yet, or that is gone by now.
                        ? Future.failedFuture(new IssuerUnavailable("plugin " + request.pluginId() + " is unknown"))
                        : Objects.requireNonNull(endpoints.get(request.endpoint()))
                                .handle(config.get(), request))
                .otherwise(TokenIssuerVerticle::refusal)
                .onSuccess(reply -> {
                    counters.answered(request, reply);
                    message.reply(withState(request, reply));
                });
    }

    private Optional<OAuth2Config> config(OAuth2Request request) {
        Catalog current = catalog.get();
        Optional<Plugin> plugin = current == null ? Optional.empty() : current.plugin(request.pluginId());
        return plugin.map(OAuth2Config::of);
    }

    /** The one place where a failure becomes an answer of the authorization server. */
    private static OAuth2Reply refusal(Throwable failure) {
        OAuth2Exception refusal;
        if (failure instanceof OAuth2Exception expected) {
            refusal = expected;
        } else if (failure instanceof StoreException.DatabaseUnavailable || failure instanceof IssuerUnavailable) {
            // That the database is away is said once, by who holds the connections.
            LOG.debug("cannot issue: {}", failure.getMessage());
            refusal = OAuth2Error.TEMPORARILY_UNAVAILABLE.because("The authorization server is unable to answer now");
        } else if (failure instanceof StoreException.ForeignKeyViolation) {
            // The client was deleted between its authentication and its token.
            refusal = OAuth2Error.INVALID_CLIENT.because("Invalid client authentication");
        } else {
            LOG.error("a token request failed", failure);
            refusal = OAuth2Error.SERVER_ERROR.because("An unexpected error occurred");
        }
        return new OAuth2Reply(refusal.status(), refusal.headers(), refusal.body());
    }

    /** {@code state} goes back to whoever sent it (RFC 6749 §4.1.2; Kong repeats it everywhere). */
    private static OAuth2Reply withState(OAuth2Request request, OAuth2Reply reply) {
        Object state = request.parameters().get("state");
        // A redirect carries it in its URI.
        if (state == null || reply.body().containsKey("redirect_uri")) {
            return reply;
        }
        Map<String, Object> body = new LinkedHashMap<>(reply.body());
        body.put("state", state);
        return new OAuth2Reply(reply.status(), reply.headers(), body);
    }
}
