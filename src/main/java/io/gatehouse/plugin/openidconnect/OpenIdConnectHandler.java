package io.gatehouse.plugin.openidconnect;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Identity;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginFactory;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.SignatureVerifier;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.Providers;
import io.gatehouse.plugin.openidconnect.provider.VerifiedToken;
import io.gatehouse.schema.Document;
import io.gatehouse.session.SharedSessions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates requests by the JWTs of an OpenID provider, or by the session of a browser that has signed in there: the {@code
 * openid-connect} plugin.
 *
 * <p><i>Threading</i>: a token that was verified before costs a digest and a look-up. Reads of the provider never hold an event loop. Signatures
 * other than those of RSA keys up to 4,096 bits are verified on worker threads.
 */
public final class OpenIdConnectHandler implements PluginHandler {
    private static final Logger LOG = LoggerFactory.getLogger(OpenIdConnectHandler.class);
    private static final String AUTHORIZATION = "authorization";
    private static final String BEARER = "bearer ";

    /** Query parameters of a sign-in and a logout, and the field of a back-channel logout. */
    private static final List<String> SECRETS = List.of("code", "state", "id_token_hint", "logout_token");

    private final Provider provider;
    private final @Nullable BrowserFlow browser;
    private final UpstreamTokens tokens;
    private final boolean acceptsBearer;
    private final boolean isMisconfigured;
    private final Collection<String> secretNames;
    private final Anonymous anonymous;
    private final List<RequiredClaim> required;
    private final UpstreamClaims upstream;
    private final double leeway;
    private final boolean runOnPreflight;
    private final boolean hideCredentials;

    private final ProxyException missing = rejection(ProxyError.UNAUTHORIZED, "Unauthorized", "Bearer");
    private final ProxyException invalid =
            rejection(ProxyError.UNAUTHORIZED, "Unauthorized", "Bearer error=\"invalid_token\"");
    private final ProxyException forbidden =
            rejection(ProxyError.FORBIDDEN, "Forbidden", "Bearer error=\"insufficient_scope\"");

    private OpenIdConnectHandler(
            Provider provider, @Nullable BrowserFlow browser, Document config, Anonymous anonymous) {
        this.provider = provider;
        this.browser = browser;
        this.anonymous = anonymous;
        boolean hasSessions = hasSessions(config);
        this.isMisconfigured = hasSessions && browser == null;
        this.acceptsBearer = config.strings("auth_methods").contains("bearer");
        this.tokens = hasSessions ? UpstreamTokens.of(config) : UpstreamTokens.NONE;
        this.secretNames = hasSessions ? secretNames(config, tokens) : List.of(AUTHORIZATION);
        this.required = Stream.of("scopes", "audience", "roles", "groups")
                .map(name -> RequiredClaim.of(config, name))
                .toList();
        this.upstream = UpstreamClaims.of(config);
        this.leeway = config.number("leeway").doubleValue();
        this.runOnPreflight = config.flag("run_on_preflight");
        this.hideCredentials = config.flag("hide_credentials");
    }

    /** Returns a factory whose handlers share the keys of a provider. One for each node. */
    public static PluginFactory factory(Vertx vertx, SignatureVerifier signatures, SharedSessions shared) {
        Providers providers = new Providers(vertx, signatures);
        return (Plugin plugin, Catalog catalog) -> {
            Document config = plugin.config();
            long timeout = config.integer("timeout");
            Provider provider = providers.of(
                    config.string("issuer"),
                    config.number("rediscovery_lifetime").doubleValue(),
                    timeout);
            Anonymous anonymous = Anonymous.of(config.optionalString("anonymous"), catalog);
            BrowserFlow browser = null;
            if (hasSessions(config)) {
                Optional<byte[]> secret = BrowserFlow.secret(config, shared);
                if (secret.isPresent()) {
                    browser = new BrowserFlow(
                            vertx,
                            plugin.id(),
                            config,
                            provider,
                            providers.tokenEndpoints(timeout),
                            shared,
                            secret.get());
                } else {
                    LOG.error(
                            "openid-connect plugin {} has no secret for sessions, browsers get 500:"
                                    + " set session_secret or cluster.secret",
                            plugin.id());
                }
            }
            return new OpenIdConnectHandler(provider, browser, config, anonymous);
        };
    }

    private static boolean hasSessions(Document config) {
        return config.strings("auth_methods").contains("session");
    }

    private static Collection<String> secretNames(Document config, UpstreamTokens tokens) {
        List<String> names = new ArrayList<>(SECRETS);
        names.add(AUTHORIZATION);
        names.addAll(BrowserFlow.cookieNames(config));
        names.addAll(tokens.names());
        return names;
    }

    /** Creates an error response with a challenge (RFC 6750 §3). */
    private static ProxyException rejection(ProxyError error, String message, String challenge) {
        return error.withMessage(message).with("WWW-Authenticate", challenge).withBody(Map.of("message", message));
    }

    @Override
    public Collection<String> secretNames() {
        return secretNames;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        upstream.hide(exchange);
        tokens.hide(exchange);
        if (browser != null) {
            browser.hide(exchange);
        }
        if ((!runOnPreflight && exchange.method().equals("OPTIONS")) || anonymous.isSatisfied(exchange)) {
            return CONTINUE;
        }
        Future<Outcome> signedOut = browser == null ? null : browser.signOut(exchange);
        if (signedOut != null) {
            return signedOut;
        }
        String token = null;
        if (acceptsBearer) {
            List<String> values = exchange.headers(AUTHORIZATION);
            if (values.size() > 1) {
                return anonymous.reject(exchange, invalid);
            }
            token = values.isEmpty() ? null : bearer(values.get(0));
        }
        if (token == null) {
            return withoutToken(exchange);
        }
        if (hideCredentials) {
            exchange.hideHeader(AUTHORIZATION);
        }
        CredentialDigest digest = CredentialDigest.of(token);
        VerifiedToken cached = provider.cached(digest, exchange.requestId());
        return cached != null ? decide(exchange, cached) : verify(exchange, token, digest);
    }

    private Future<Outcome> withoutToken(Exchange exchange) {
        if (isMisconfigured) {
            return Future.failedFuture(ProxyError.INTERNAL.failure());
        }
        return browser == null
                ? anonymous.reject(exchange, missing)
                : browser.authenticate(
                        exchange, session -> decide(exchange, session), () -> anonymous.reject(exchange, missing));
    }

    /** Returns the token of a bearer header (RFC 6750 §2.1); null for another scheme. */
    private static @Nullable String bearer(String value) {
        String trimmed = value.strip();
        return trimmed.regionMatches(true, 0, BEARER, 0, BEARER.length())
                ? trimmed.substring(BEARER.length()).strip()
                : null;
    }

    private Future<Outcome> verify(Exchange exchange, String token, CredentialDigest digest) {
        Future<VerifiedToken> result;
        try {
            result = provider.verify(token, digest, exchange.requestId());
        } catch (InvalidToken e) {
            return reject(exchange, e);
        }
        return result.transform((verified, failure) -> {
            if (failure == null) {
                return decide(exchange, verified);
            }
            if (failure instanceof InvalidToken e) {
                return reject(exchange, e);
            }
            // The token may be valid, so it is not rejected.
            return Future.failedFuture(
                    failure instanceof ProxyException ? failure : ProxyError.TEMPORARILY_UNAVAILABLE.failure());
        });
    }

    private Future<Outcome> reject(Exchange exchange, InvalidToken reason) {
        LOG.debug("token is invalid reason=\"{}\" request_id={}", reason.getMessage(), exchange.requestId());
        return anonymous.reject(exchange, invalid);
    }

    private Future<Outcome> decide(Exchange exchange, VerifiedToken token) {
        if (!token.isTimely(leeway)) {
            return reject(exchange, new InvalidToken("expired or not yet valid"));
        }
        return accept(exchange, token.claims());
    }

    private Future<Outcome> decide(Exchange exchange, Session session) {
        Map<String, Object> claims = session.claims();
        if (isPermitted(claims)) {
            tokens.send(exchange, session);
        }
        return accept(exchange, claims);
    }

    private boolean isPermitted(Map<String, Object> claims) {
        return required.stream().allMatch(claim -> claim.isSatisfied(claims));
    }

    private Future<Outcome> accept(Exchange exchange, Map<String, Object> claims) {
        if (!isPermitted(claims)) {
            return anonymous.reject(exchange, forbidden);
        }
        Identity earlier = exchange.identity();
        if (earlier != null && earlier.isAnonymous()) {
            // The request is authenticated, so it is not the anonymous Consumer's.
            exchange.identity(null);
        }
        upstream.send(exchange, claims);
        return CONTINUE;
    }
}
