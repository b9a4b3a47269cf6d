package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.Anonymous;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.schema.Document;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Authenticates requests at an OpenID provider: by a bearer token, by Basic credentials, by a refresh token, or by the session of a browser
 * that has signed in there. The {@code openid-connect} plugin.
 *
 * <p>The first credential of this order decides alone. What follows is the same for each method: required claims, Consumer, and headers of
 * the upstream.
 *
 * <p><i>Threading</i>: a token that was verified before costs a digest and a look-up. Reads of the provider never hold an event loop. Signatures
 * other than those of RSA keys up to 4,096 bits are verified on worker threads.
 */
final class OpenIdConnectHandler implements PluginHandler {
    private static final Logger LOG = LoggerFactory.getLogger(OpenIdConnectHandler.class);
    private static final String AUTHORIZATION = "authorization";
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String BASIC = "Basic realm=\"service\"";

    /** Query parameters of a sign-in and a logout, and the field of a back-channel logout. */
    private static final List<String> SECRETS = List.of("code", "state", "id_token_hint", "logout_token");

    private final BearerMethods bearer;
    private final BasicMethods basic;
    private final @Nullable RefreshTokens refresh;
    private final @Nullable BrowserFlow browser;
    private final ClaimedIdentity identity;
    private final UpstreamTokens tokens;
    private final boolean isMisconfigured;
    private final Collection<String> secretNames;
    private final Anonymous anonymous;
    private final List<RequiredClaim> required;
    private final UpstreamClaims upstream;
    private final boolean runOnPreflight;
    private final boolean hideCredentials;

    private final ProxyException missing;
    private final ProxyException invalid =
            rejection(ProxyError.UNAUTHORIZED, "Unauthorized", "Bearer error=\"invalid_token\"");
    private final ProxyException invalidBasic = rejection(ProxyError.UNAUTHORIZED, "Unauthorized", BASIC);
    private final ProxyException forbidden =
            rejection(ProxyError.FORBIDDEN, "Forbidden", "Bearer error=\"insufficient_scope\"");

    /** {@code refresh} is null without the method, {@code browser} is null without sessions, and if they have no secret. */
    OpenIdConnectHandler(
            Document config,
            Anonymous anonymous,
            BearerMethods bearer,
            BasicMethods basic,
            @Nullable RefreshTokens refresh,
            @Nullable BrowserFlow browser,
            ClaimedIdentity identity) {
        this.bearer = bearer;
        this.basic = basic;
        this.refresh = refresh;
        this.browser = browser;
        this.identity = identity;
        this.anonymous = anonymous;
        this.isMisconfigured = hasSessions(config) && browser == null;
        this.tokens = UpstreamTokens.of(config);
        this.secretNames = secretNames(config, tokens, refresh);
        this.required = Stream.of("scopes", "audience", "roles", "groups")
                .map(name -> RequiredClaim.of(config, name))
                .filter(claim -> !claim.alternatives().isEmpty())
                .toList();
        this.upstream = UpstreamClaims.of(config);
        this.runOnPreflight = config.flag("run_on_preflight");
        this.hideCredentials = config.flag("hide_credentials");
        boolean isBasicAlone = basic.isEnabled() && !bearer.isEnabled() && refresh == null && !hasSessions(config);
        this.missing = rejection(ProxyError.UNAUTHORIZED, "Unauthorized", isBasicAlone ? BASIC : "Bearer");
    }

    static boolean hasSessions(Document config) {
        return config.strings("auth_methods").contains("session");
    }

    private static Collection<String> secretNames(
            Document config, UpstreamTokens tokens, @Nullable RefreshTokens refresh) {
        List<String> names = new ArrayList<>(tokens.names());
        names.add(AUTHORIZATION);
        if (refresh != null) {
            names.addAll(refresh.secretNames());
        }
        if (hasSessions(config)) {
            names.addAll(SECRETS);
            names.addAll(BrowserFlow.cookieNames(config));
        }
        return names;
    }

    /** Creates an error response with a challenge (RFC 6750 §3, RFC 7617 §2). */
    private static ProxyException rejection(ProxyError error, String message, String challenge) {
        return error.withMessage(message).with(CHALLENGE, challenge).withBody(Map.of("message", message));
    }

    @Override
    public Collection<String> secretNames() {
        return secretNames;
    }

    @Override
    public Future<Outcome> handle(Exchange exchange) {
        upstream.hide(exchange);
        tokens.hide(exchange);
        if (refresh != null) {
            refresh.hide(exchange);
        }
        if (browser != null) {
            browser.hide(exchange);
        }
        if (!runOnPreflight && exchange.method().equals("OPTIONS")) {
            return CONTINUE;
        }
        List<String> values = exchange.headers(AUTHORIZATION);
        if (hideCredentials && mayHaveCredential(values)) {
            exchange.hideHeader(AUTHORIZATION);
        }
        if (anonymous.isSatisfied(exchange)) {
            return CONTINUE;
        }
        Future<Outcome> signedOut = browser == null ? null : browser.signOut(exchange);
        if (signedOut != null) {
            return signedOut;
        }
        if (!readsAuthorization()) {
            return withoutAuthorization(exchange);
        }
        if (values.size() > 1) {
            // Two readers could choose different ones.
            return anonymous.reject(exchange, bearer.isEnabled() ? invalid : invalidBasic);
        }
        return values.isEmpty() ? withoutAuthorization(exchange) : withAuthorization(exchange, values.get(0));
    }

    private boolean readsAuthorization() {
        return bearer.isEnabled() || basic.isEnabled();
    }

    /** Whether the headers contain a credential of an enabled method. Of several headers, each may. */
    private boolean mayHaveCredential(List<String> values) {
        return readsAuthorization()
                && !values.isEmpty()
                && (values.size() > 1 || bearerToken(values.get(0)) != null || isBasicCredential(values.get(0)));
    }

    private @Nullable String bearerToken(String value) {
        return bearer.isEnabled() ? BearerMethods.token(value) : null;
    }

    private boolean isBasicCredential(String value) {
        return basic.isEnabled() && BasicCredential.isBasic(value);
    }

    private Future<Outcome> withAuthorization(Exchange exchange, String value) {
        String token = bearerToken(value);
        if (token == null && !isBasicCredential(value)) {
            return withoutAuthorization(exchange);
        }
        return token == null
                ? decide(exchange, basic.check(exchange, value), invalidBasic)
                : decide(exchange, bearer.check(exchange, token), invalid);
    }

    private Future<Outcome> withoutAuthorization(Exchange exchange) {
        Future<Authenticated> refreshed = refresh == null ? null : refresh.check(exchange);
        if (refreshed != null) {
            return decide(exchange, refreshed, invalid);
        }
        if (isMisconfigured) {
            return Future.failedFuture(ProxyError.INTERNAL.failure());
        }
        return browser == null
                ? anonymous.reject(exchange, missing)
                : browser.authenticate(
                        exchange,
                        session -> accept(exchange, Authenticated.ofSession(session)),
                        () -> anonymous.reject(exchange, missing));
    }

    private Future<Outcome> decide(Exchange exchange, Future<Authenticated> checked, ProxyException rejection) {
        if (checked.succeeded()) {
            return unlessEnded(exchange, checked.result(), rejection);
        }
        return checked.transform((authenticated, failure) -> {
            if (failure == null) {
                return unlessEnded(exchange, authenticated, rejection);
            }
            if (failure instanceof InvalidToken reason) {
                LOG.debug(
                        "credential is invalid reason=\"{}\" request_id={}", reason.getMessage(), exchange.requestId());
                return anonymous.reject(exchange, rejection);
            }
            return unavailable(failure);
        });
    }

    /** The credential may be valid, so it is not rejected. */
    private static Future<Outcome> unavailable(Throwable failure) {
        return Future.failedFuture(
                failure instanceof ProxyException ? failure : ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(failure));
    }

    /** Rejects an access or refresh token of the provider that a client has sent, if the provider has ended its session since. */
    private Future<Outcome> unlessEnded(Exchange exchange, Authenticated authenticated, ProxyException rejection) {
        BrowserFlow flow = browser;
        if (flow == null || !flow.followsLogouts() || !authenticated.followsLogouts()) {
            return accept(exchange, authenticated);
        }
        return flow.hasEnded(authenticated.claims()).transform((ended, failure) -> {
            if (failure != null) {
                return unavailable(failure);
            }
            return ended ? anonymous.reject(exchange, rejection) : accept(exchange, authenticated);
        });
    }

    private Future<Outcome> accept(Exchange exchange, Authenticated authenticated) {
        Map<String, Object> claims = authenticated.claims();
        for (RequiredClaim claim : required) {
            if (!claim.isSatisfied(claims)) {
                return anonymous.reject(exchange, forbidden);
            }
        }
        return identity.identify(
                exchange,
                authenticated,
                () -> {
                    tokens.send(exchange, authenticated);
                    upstream.send(exchange, claims);
                    return CONTINUE;
                },
                () -> anonymous.reject(exchange, forbidden));
    }
}
