package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.entity.OAuth2Config;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.ExchangedToken;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.InputToken;
import io.gatehouse.oauth.OAuth2Error;
import io.gatehouse.oauth.OAuth2Exception;
import io.gatehouse.store.ExchangeStore;
import io.gatehouse.store.ExchangeStore.Exchange;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Exchanges an access token for one of the client (RFC 8693, docs/reference/oauth2.md#token-exchange). With an actor's token the client
 * acts for the subject (delegation); without one, as the subject (impersonation).
 *
 * <p><i>Invariant</i>: the new token has at most the scope, the Service, the resource and the remaining life of the subject's token, and
 * the same resource owner. It shows each party that has acted before. For a bound token, it is bound to keys of the client.
 */
public final class TokenExchangeGrant implements Grant {
    public static final String TYPE = "urn:ietf:params:oauth:grant-type:token-exchange";

    private static final String ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
    private static final String EVERY_CLIENT = "*";

    private static final String SUBJECT = "subject_token";
    private static final String ACTOR = "actor_token";

    /** Bounds the act claim, and the locks of an exchange. */
    private static final int MAX_EXCHANGES = 5;

    /** Seconds of a new token, if the plugin's tokens do not expire: rows of exchanged tokens are removed when they have expired. */
    private static final long LIFE_SECONDS = 7_200;

    private final ExchangeStore exchanges;
    private final TokenIssuance issuance;

    public TokenExchangeGrant(ExchangeStore exchanges, TokenIssuance issuance) {
        this.exchanges = exchanges;
        this.issuance = issuance;
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public boolean isEnabled(OAuth2Config config) {
        return config.tokenExchange();
    }

    @Override
    public boolean needsRedirectUris(OAuth2Config config) {
        return false;
    }

    @Override
    public Map<String, Object> members(FreshToken token, IssuerRequest request) {
        Map<String, Object> members = token.members(request);
        members.put("issued_token_type", ACCESS_TOKEN);
        return members;
    }

    @Override
    public Future<FreshToken> grant(Client client, IssuerRequest request) {
        if (!client.isConfidential()) {
            return Future.failedFuture(
                    OAuth2Error.UNAUTHORIZED_CLIENT.because("Token exchange is for confidential clients only"));
        }
        requireType("requested_token_type", request);
        if (request.text("audience") != null) {
            return Future.failedFuture(OAuth2Error.INVALID_TARGET.because("audience is not supported, use resource"));
        }
        CredentialDigest subject = presented(SUBJECT, request);
        if (subject == null) {
            return Future.failedFuture(OAuth2Error.INVALID_REQUEST.because("Missing subject_token parameter"));
        }
        CredentialDigest actor = presented(ACTOR, request);
        // The transaction may run more than once; the last token made is the one stored.
        AtomicReference<FreshToken> made = new AtomicReference<>();
        ExchangeStore.Request tokens = new ExchangeStore.Request(subject, actor, client);
        return issuance.prepare(request)
                .compose(prepared -> exchanges.exchange(tokens, (ofSubject, ofActor) -> {
                    requireExchangeable(ofSubject, client, request);
                    InputToken acting = actor == null ? null : requireActor(ofActor, client, request);
                    Actor acts = actor(ofSubject, acting);
                    return issuance.formed(token(ofSubject, acting, request), client, request, acts)
                            .map(token -> {
                                made.set(token);
                                return new ExchangedToken(token.stored(), acts);
                            });
                }))
                .compose(exchange -> given(exchange, made));
    }

    private Future<FreshToken> given(Exchange exchange, AtomicReference<FreshToken> made) {
        if (exchange instanceof Exchange.Exchanged given) {
            return Future.succeededFuture(issuance.cached(Objects.requireNonNull(made.get()), given.state()));
        }
        return Future.failedFuture(
                exchange instanceof Exchange.QuotaExceeded
                        ? OAuth2Error.SLOW_DOWN.because("Too many tokens that come from this grant have not expired")
                        : invalid(SUBJECT));
    }

    /** The digest of a token that the request presents with its type (§2.1); null: it presents none. */
    private static @Nullable CredentialDigest presented(String name, IssuerRequest request) {
        String token = request.text(name);
        String type = name + "_type";
        if (token == null && request.text(type) != null) {
            throw OAuth2Error.INVALID_REQUEST.because(type + " is disallowed without " + name);
        }
        if (token == null) {
            return null;
        }
        if (request.text(type) == null) {
            throw OAuth2Error.INVALID_REQUEST.because("Missing " + type + " parameter");
        }
        requireType(type, request);
        return CredentialDigest.of(token);
    }

    private static void requireType(String name, IssuerRequest request) {
        String type = request.text(name);
        if (type != null && !type.equals(ACCESS_TOKEN)) {
            throw OAuth2Error.INVALID_REQUEST.because(name + " must be " + ACCESS_TOKEN);
        }
    }

    /**
     * Requires that the client may exchange the token. The error is that of an unknown token, so that it reveals nothing.
     *
     * <p><i>Why</i>: another client takes the place of the client that a resource owner has agreed to, so the operator names it. It gets
     * no token without a resource owner, because such a token identifies nothing but its own client.
     */
    private static void requireExchangeable(InputToken subject, Client client, IssuerRequest request) {
        List<String> named = request.config().exchangeClients();
        boolean isOwn = subject.credentialId().equals(client.credentialId());
        boolean isNamed = named.contains(EVERY_CLIENT) || named.contains(client.clientId());
        boolean mayExchange = isOwn || (isNamed && subject.access().authenticatedUserId() != null);
        if (!mayExchange || !isValidHere(subject, request)) {
            throw invalid(SUBJECT);
        }
        if (subject.exchanges() >= MAX_EXCHANGES) {
            throw OAuth2Error.INVALID_REQUEST.because(
                    "The subject_token has been exchanged " + MAX_EXCHANGES + " times");
        }
    }

    /**
     * Requires a token of the client itself, with the keys that it is bound to. One that comes from an exchange identifies another party
     * than the client.
     */
    private static InputToken requireActor(Optional<InputToken> actor, Client client, IssuerRequest request) {
        return actor.filter(token -> token.credentialId().equals(client.credentialId())
                        && token.exchanges() == 0
                        && isValidHere(token, request)
                        && RequestedKey.isProven(token.access(), request))
                .orElseThrow(() -> invalid(ACTOR));
    }

    /** Whether an API call of this Route accepts the token, whatever its scopes. */
    private static boolean isValidHere(InputToken token, IssuerRequest request) {
        String resource = token.access().resource();
        return request.covers(token.access())
                && (resource == null || resource.equals(request.message().resource()))
                && RequestedKey.isChecked(token.access(), request.config());
    }

    private static FreshToken token(InputToken subject, @Nullable InputToken actor, IssuerRequest request) {
        GrantedAccess access = RequestedKey.exchange(RequestedResource.restrict(subject.access(), request), request);
        String scope = RequestedScope.narrow(access.scope(), request);
        RequestedScope.requireAllowed(scope, request);
        long life = request.config().tokenExpiration();
        life = shorter(life == 0 ? LIFE_SECONDS : life, subject);
        life = actor == null ? life : shorter(life, actor);
        GrantedAccess given = access.narrowedTo(scope).inFamily(UUID.randomUUID());
        // RFC 8693 §2.2.1: the scope that the client did not name is not the one that it asked for.
        boolean isUnnamed = scope != null && request.text("scope") == null;
        return FreshToken.limited(given, life).reportingScope(isUnnamed || RequestedScope.isDifferent(request, scope));
    }

    private static long shorter(long seconds, InputToken token) {
        return token.remainingSeconds() == 0 ? seconds : Math.min(seconds, token.remainingSeconds());
    }

    private static @Nullable Actor actor(InputToken subject, @Nullable InputToken acting) {
        return acting == null ? subject.actor() : new Actor(acting.subject(), acting.clientId(), subject.actor());
    }

    /** RFC 8693 §2.2.2. */
    private static OAuth2Exception invalid(String name) {
        return OAuth2Error.INVALID_REQUEST.because("Invalid " + name);
    }
}
