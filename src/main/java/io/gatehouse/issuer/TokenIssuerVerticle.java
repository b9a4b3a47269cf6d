package io.gatehouse.issuer;

import io.gatehouse.bus.Addresses;
import io.gatehouse.bus.LookupToken;
import io.gatehouse.bus.OAuth2Reply;
import io.gatehouse.bus.OAuth2Request;
import io.gatehouse.bus.TokenLookupReply;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.entity.Plugin;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.StoreException;
import io.gatehouse.store.TokenStore;
import io.gatehouse.token.IssuerUnavailable;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token-issuer role: takes requests from the event bus, and turns every outcome into an answer. */
public final class TokenIssuerVerticle extends VerticleBase {
    private static final Logger LOG = LoggerFactory.getLogger(TokenIssuerVerticle.class);

    private final TokenStore tokens;
    private final TokenCache cache;
    private final Supplier<@Nullable Catalog> catalog;

    /** {@code catalog} gives the configuration this node serves, or null before the first. */
    public TokenIssuerVerticle(TokenStore tokens, TokenCache cache, Supplier<@Nullable Catalog> catalog) {
        this.tokens = tokens;
        this.cache = cache;
        this.catalog = catalog;
    }

    @Override
    public Future<?> start() {
        ClientAuthenticator clients = new ClientAuthenticator(tokens, new SecretVerifier(vertx, tokens));
        TokenEndpoint tokenEndpoint = new TokenEndpoint(clients, tokens, cache);
        AuthorizeEndpoint authorizeEndpoint = new AuthorizeEndpoint();
        return Future.all(
                vertx.eventBus()
                        .<OAuth2Request>consumer(
                                Addresses.OAUTH2, message -> answer(tokenEndpoint, authorizeEndpoint, message))
                        .completion(),
                vertx.eventBus()
                        .<LookupToken>consumer(Addresses.LOOKUP_TOKEN, this::lookup)
                        .completion());
    }

    private void answer(TokenEndpoint token, AuthorizeEndpoint authorize, Message<OAuth2Request> message) {
        OAuth2Request request = message.body();
        Future.succeededFuture(config(request))
                .compose(config -> {
                    if (config.isEmpty()) {
                        // The proxy knows a plugin this node has not heard of yet, or that is gone by now.
                        return Future.failedFuture(
                                new IssuerUnavailable("plugin " + request.pluginId() + " is unknown"));
                    }
                    return switch (request.endpoint()) {
                        case TOKEN -> token.handle(config.get(), request);
                        case AUTHORIZE -> authorize.handle(config.get(), request);
                    };
                })
                .otherwise(TokenIssuerVerticle::refusal)
                .onSuccess(reply -> message.reply(withState(request, reply)));
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
            LOG.warn("cannot issue: {}", failure.getMessage());
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
        if (state == null) {
            return reply;
        }
        Map<String, Object> body = new LinkedHashMap<>(reply.body());
        body.put("state", state);
        return new OAuth2Reply(reply.status(), reply.headers(), body);
    }

    private void lookup(Message<LookupToken> message) {
        LookupToken question = message.body();
        tokens.find(question.digest())
                .onSuccess(found -> {
                    message.reply(new TokenLookupReply(found.orElse(null)));
                    found.ifPresent(facts -> cache.put(question.digest(), facts)
                            .onFailure(failure -> LOG.debug("cannot share a token: {}", failure.getMessage())));
                })
                .onFailure(failure -> {
                    LOG.warn("cannot look up a token: {}", failure.getMessage());
                    message.fail(Addresses.UNAVAILABLE, "database unavailable");
                });
    }
}
