package io.gatehouse.plugin.openidconnect;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.PresentedJwt;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.TokenClient;
import io.gatehouse.plugin.openidconnect.provider.Tokens;
import io.gatehouse.plugin.openidconnect.provider.VerifiedToken;
import io.gatehouse.schema.Document;
import io.gatehouse.session.Sessions;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Redeems codes and refresh tokens, and verifies the tokens that the provider returns for them. */
final class SignInTokens {
    private final Provider provider;
    private final TokenClient client;
    private final double leeway;
    private final double maxAge;

    private SignInTokens(Provider provider, TokenClient client, double leeway, double maxAge) {
        this.provider = provider;
        this.client = client;
        this.leeway = leeway;
        this.maxAge = maxAge;
    }

    static SignInTokens of(Document config, Provider provider, TokenClient client) {
        double maxAge =
                config.get("max_age") instanceof Number seconds ? seconds.doubleValue() : Double.POSITIVE_INFINITY;
        return new SignInTokens(provider, client, config.number("leeway").doubleValue(), maxAge);
    }

    /** Redeems a code for a client with this address. Fails with {@link InvalidToken} if the code or a token is invalid. */
    Future<Session> redeem(String code, PendingSignIn pending, boolean usesPkce, String address, String requestId) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", pending.redirectUri());
        if (usesPkce) {
            form.put("code_verifier", pending.verifier());
        }
        return client.redeem(form, address, requestId).compose(tokens -> {
            String idToken = tokens.idToken();
            if (idToken == null) {
                throw new InvalidToken("the token response has no id_token");
            }
            return verified(tokens, idToken, pending.nonce(), requestId).map(checked -> {
                Session session = checked.session(tokens, idToken, Sessions.now());
                // The provider has compared the age when the browser arrived.
                IdToken.checkAge(session.idClaims(), pending.startedAt(), maxAge + leeway);
                return session;
            });
        });
    }

    /** Refreshes the tokens. What the provider does not replace stays. Fails with {@link InvalidToken} as {@link #redeem} does. */
    Future<Session> refresh(Session session, String requestId) {
        String refreshToken = Objects.requireNonNull(session.refreshToken());
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", refreshToken);
        return client.refresh(form, requestId).compose(tokens -> {
            String idToken = tokens.idToken();
            Future<Checked> result = idToken == null
                    ? unchanged(tokens, session, requestId)
                    : verified(tokens, idToken, null, requestId);
            return result.map(checked -> {
                // OpenID Connect Core 1.0 §12.2: it is the same user.
                if (!checked.subject().equals(session.idClaim("sub"))) {
                    throw new InvalidToken("the refreshed ID token is another user's");
                }
                Session refreshed = checked.refreshed(session, tokens, refreshToken);
                String nonce = session.idClaim("nonce");
                // It need not be repeated, but is that of the same sign-in.
                if (nonce != null && !nonce.equals(refreshed.idClaims().getOrDefault("nonce", nonce))) {
                    throw new InvalidToken("the refreshed ID token has another nonce");
                }
                return refreshed;
            });
        });
    }

    /**
     * Holds the result of a verification.
     *
     * @param sid of the ID token; null if it has none
     * @param issuedAt of the ID token
     * @param isJwt whether the access token is a JWT of the provider for the subject
     * @param expiry of the access token by the clock of this node; 0 if it is not known
     */
    record Checked(String subject, @Nullable String sid, long issuedAt, boolean isJwt, long expiry) {

        Session session(Tokens tokens, String idToken, long now) {
            return new Session(
                    idToken,
                    tokens.accessToken(),
                    tokens.refreshToken(),
                    tokens.scope(),
                    sid,
                    issuedAt,
                    isJwt,
                    expiry,
                    now,
                    now,
                    now,
                    0);
        }

        Session refreshed(Session before, Tokens tokens, String refreshToken) {
            return new Session(
                    Objects.requireNonNullElse(tokens.idToken(), before.idToken()),
                    tokens.accessToken(),
                    Objects.requireNonNullElse(tokens.refreshToken(), refreshToken),
                    tokens.scope() == null ? before.scope() : tokens.scope(),
                    sid == null ? before.sid() : sid,
                    before.issuedAt(),
                    isJwt,
                    expiry,
                    before.signedInAt(),
                    before.rotatedAt(),
                    before.usedAt(),
                    0);
        }
    }

    private Future<Checked> unchanged(Tokens tokens, Session session, String requestId) {
        String subject = Objects.requireNonNullElse(session.idClaim("sub"), "");
        return access(tokens.accessToken(), subject, requestId)
                .map(access -> checked(tokens, subject, session.sid(), session.issuedAt(), access));
    }

    /** Verifies an ID token, and the access token that was issued with it. */
    Future<Checked> verified(Tokens tokens, String idToken, @Nullable String nonce, String requestId) {
        PresentedJwt parsed = PresentedJwt.parse(idToken, PresentedJwt.ID_TOKEN);
        Future<VerifiedToken> verified =
                provider.verify(parsed, CredentialDigest.of(idToken), Provider.FROM_PROVIDER, requestId);
        return verified.compose(token -> {
            IdToken.check(
                    token,
                    parsed.header().getAlgorithm().getName(),
                    client.clientId(),
                    nonce,
                    tokens.accessToken(),
                    leeway);
            String subject = String.valueOf(token.claims().get("sub"));
            String sid = token.claims().get("sid") instanceof String text ? text : null;
            long issuedAt = token.claims().get("iat") instanceof Number time ? time.longValue() : 0;
            return access(tokens.accessToken(), subject, requestId)
                    .map(access -> checked(tokens, subject, sid, issuedAt, access));
        });
    }

    private Checked checked(
            Tokens tokens, String subject, @Nullable String sid, long issuedAt, Optional<VerifiedToken> access) {
        return new Checked(subject, sid, issuedAt, access.isPresent(), tokens.expiry(access, leeway));
    }

    /** Returns the access token if it is a JWT of the provider for the subject. Any other one is opaque. */
    private Future<Optional<VerifiedToken>> access(String text, String subject, String requestId) {
        return provider.verifyIfJwt(text, requestId)
                .map(found -> found.filter(token ->
                        token.isTimely(leeway) && subject.equals(token.claims().get("sub"))));
    }
}
