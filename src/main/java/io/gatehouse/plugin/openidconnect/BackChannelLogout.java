package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.PresentedJwt;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.VerifiedToken;
import io.gatehouse.schema.Document;
import io.gatehouse.session.SessionEntry;
import io.gatehouse.session.SessionStore;
import io.gatehouse.syntax.IpRange;
import io.gatehouse.syntax.form.FormPair;
import io.gatehouse.syntax.form.UrlEncoded;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends the sessions that the provider ends (OpenID Connect Back-Channel Logout 1.0), and the validity of the tokens of these sessions.
 *
 * <p>A logout token is stored as the end of all sessions and tokens of its {@code sid} or {@code sub} that are not newer. A replayed token
 * therefore changes nothing, and no list of {@code jti} is kept.
 */
final class BackChannelLogout {
    private static final Logger LOG = LoggerFactory.getLogger(BackChannelLogout.class);
    private static final String EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final int MAX_BODY = 32 * 1024;
    private static final int MAX_TEXT = 255;
    /** A logout token is this many seconds old at most. */
    private static final long MAX_AGE = 300;

    private static final String BAD = "{\"error\":\"invalid_request\"}";

    private final Provider provider;
    private final SessionStore ends;
    private final String clientId;
    private final String place;
    private final @Nullable String suffix;
    private final double leeway;
    private final Duration life;

    BackChannelLogout(Document config, Provider provider, SessionStore ends, String clientId, Duration life) {
        this.provider = provider;
        this.ends = ends;
        this.clientId = clientId;
        this.place = provider.issuer() + "\n" + clientId + "\n";
        this.suffix = config.optionalString("backchannel_logout_uri_suffix");
        this.leeway = config.number("leeway").doubleValue();
        this.life = life;
    }

    /** Returns whether logouts of the provider are received. */
    boolean isEnabled() {
        return suffix != null;
    }

    boolean isRequested(Exchange exchange) {
        return suffix != null
                && exchange.path().endsWith(suffix)
                && exchange.method().equals("POST");
    }

    Future<Outcome> handle(Exchange exchange) {
        return exchange.readBody(MAX_BODY)
                .compose(body -> end(token(body), exchange))
                .map(done -> response(200, Buffer.buffer()))
                .recover(failure -> {
                    if (failure instanceof InvalidToken || failure instanceof Exchange.BodyTooLarge) {
                        LOG.debug(
                                "logout token is invalid reason=\"{}\" request_id={}",
                                failure.getMessage(),
                                exchange.requestId());
                        return Future.succeededFuture(response(400, Buffer.buffer(BAD)));
                    }
                    return Future.failedFuture(
                            failure instanceof ProxyException
                                    ? failure
                                    : ProxyError.TEMPORARILY_UNAVAILABLE.causedBy(failure));
                });
    }

    private static Outcome response(int status, Buffer body) {
        return new Outcome.Response(
                status, Map.of("Cache-Control", "no-store", "Content-Type", "application/json; charset=utf-8"), body);
    }

    private static String token(Buffer body) {
        List<String> tokens = UrlEncoded.parse(body.toString(StandardCharsets.ISO_8859_1)).stream()
                .flatMap(List::stream)
                .filter(pair -> pair.name().equals("logout_token"))
                .map(FormPair::value)
                .toList();
        if (tokens.size() != 1) {
            throw new InvalidToken("the request has no logout_token");
        }
        return tokens.get(0);
    }

    private Future<Void> end(String text, Exchange exchange) {
        PresentedJwt parsed = PresentedJwt.parse(text, PresentedJwt.LOGOUT_TOKEN);
        String sender = IpRange.network(exchange.clientAddress());
        return provider.verify(parsed, CredentialDigest.of(text), sender, exchange.requestId())
                .compose(token -> {
                    long issuedAt = check(token);
                    String session = text(token.claims().get("sid"));
                    String subject = text(token.claims().get("sub"));
                    if (session == null && subject == null) {
                        throw new InvalidToken("the logout token has neither sid nor sub");
                    }
                    // With a session, the subject's other sessions remain.
                    return ends.raise(
                            session != null ? key("sid", session) : key("sub", String.valueOf(subject)),
                            issuedAt,
                            life);
                });
    }

    /** §2.6. Returns when the token was issued. */
    private long check(VerifiedToken token) {
        Map<String, Object> claims = token.claims();
        IdToken.checkAudience(claims, clientId);
        double now = System.currentTimeMillis() / 1_000.0;
        if (!token.isTimely(leeway)
                || !(claims.get("iat") instanceof Number issued)
                || issued.longValue() <= 0
                || issued.doubleValue() > now + leeway + 1
                || issued.doubleValue() < now - leeway - MAX_AGE) {
            throw new InvalidToken("the logout token is too old or not yet valid");
        }
        boolean isEvent = claims.get("events") instanceof Map<?, ?> events && events.get(EVENT) instanceof Map<?, ?>;
        if (!isEvent || claims.containsKey("nonce") || text(claims.get("jti")) == null) {
            throw new InvalidToken("not a logout token");
        }
        return issued.longValue();
    }

    private static @Nullable String text(@Nullable Object claim) {
        return claim instanceof String text && !text.isEmpty() && text.length() <= MAX_TEXT ? text : null;
    }

    /** Returns whether the provider has ended the session. */
    Future<Boolean> hasEnded(Session session) {
        return isEnabled() ? hasEnded(session.idClaims(), session.issuedAt()) : Future.succeededFuture(false);
    }

    /** Returns whether the provider has ended the session of a token. A token that does not state when it was issued is of none. */
    Future<Boolean> hasEnded(Map<String, Object> claims) {
        return isEnabled() && claims.get("iat") instanceof Number issued
                ? hasEnded(claims, issued.longValue())
                : Future.succeededFuture(false);
    }

    private Future<Boolean> hasEnded(Map<String, Object> claims, long issuedAt) {
        return isMarked("sid", claims, issuedAt)
                .compose(ended -> ended ? Future.succeededFuture(true) : isMarked("sub", claims, issuedAt));
    }

    private Future<Boolean> isMarked(String claim, Map<String, Object> claims, long issuedAt) {
        String value = text(claims.get(claim));
        return value == null
                ? Future.succeededFuture(false)
                : ends.get(key(claim, value)).map(found -> isNotBefore(found, issuedAt));
    }

    private static boolean isNotBefore(Optional<SessionEntry> end, long issuedAt) {
        return end.isPresent() && end.get().version() >= issuedAt;
    }

    private CredentialDigest key(String claim, String value) {
        return CredentialDigest.of("openid-connect end\n" + place + claim + "\n" + value);
    }
}
