package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.Departure;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.StoredToken;
import io.gatehouse.schema.RandomString;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Carries new tokens in clear to the client, with what PostgreSQL stores of them.
 *
 * @param isScopeReported whether the response names the scope, since it is not the one that was asked for (RFC 6749 §5.1)
 */
public record FreshToken(
        NewToken stored, String accessToken, @Nullable String refreshToken, boolean isScopeReported) {

    /** An access token alone. */
    static FreshToken accessOnly(IssuerRequest request, GrantedAccess access) {
        return of(request, UUID.randomUUID(), access, RandomString.next(), null);
    }

    /** An access token and a refresh token. */
    static FreshToken pair(IssuerRequest request, GrantedAccess access) {
        return of(request, UUID.randomUUID(), access, RandomString.next(), RandomString.next());
    }

    /** The pair that an attempt redeems something for: the same one each time. */
    static FreshToken pair(Attempt attempt, IssuerRequest request, GrantedAccess access) {
        return of(request, UUID.randomUUID(), access, attempt.accessToken(), attempt.refreshToken());
    }

    /** The pair that an attempt was given before, from its row. The response is that of the first time. */
    static FreshToken repeated(Attempt attempt, NewToken stored, boolean isScopeReported) {
        return new FreshToken(
                stored,
                attempt.accessToken(),
                stored.refreshToken() == null ? null : attempt.refreshToken(),
                isScopeReported);
    }

    /** An access token for a row that keeps its refresh token. */
    static FreshToken inRow(StoredToken old, Attempt attempt, IssuerRequest request, GrantedAccess access) {
        return of(request, old.id(), access, attempt.accessToken(), null);
    }

    /** An access token alone, whose row is removed when it has expired. */
    static FreshToken limited(GrantedAccess access, long seconds) {
        String accessToken = RandomString.next();
        NewToken stored = new NewToken(
                UUID.randomUUID(), CredentialDigest.of(accessToken), null, access, access.scope(), seconds, seconds);
        return new FreshToken(stored, accessToken, null, false);
    }

    private static FreshToken of(
            IssuerRequest request, UUID id, GrantedAccess access, String accessToken, @Nullable String refreshToken) {
        long life = request.config().tokenExpiration();
        // An access token that does not expire needs no refresh token, and its row is kept.
        String refresh = life == 0 ? null : refreshToken;
        NewToken stored = new NewToken(
                id,
                CredentialDigest.of(accessToken),
                refresh == null ? null : CredentialDigest.of(refresh),
                access,
                access.scope(),
                life,
                life == 0 ? 0 : request.config().refreshTokenTtl());
        return new FreshToken(stored, accessToken, refresh, false);
    }

    /** The same tokens, the access token with part of the scope. */
    FreshToken narrowedTo(@Nullable String scope) {
        if (Objects.equals(scope, stored.scope())) {
            return this;
        }
        NewToken narrowed = new NewToken(
                stored.id(),
                stored.accessToken(),
                stored.refreshToken(),
                stored.access(),
                scope,
                stored.expiresIn(),
                stored.deleteAfter());
        return new FreshToken(narrowed, accessToken, refreshToken, isScopeReported);
    }

    /** The same tokens, the access token in another form. */
    FreshToken inForm(String otherAccessToken) {
        NewToken formed = new NewToken(
                stored.id(),
                CredentialDigest.of(otherAccessToken),
                stored.refreshToken(),
                stored.access(),
                stored.scope(),
                stored.expiresIn(),
                stored.deleteAfter());
        return new FreshToken(formed, otherAccessToken, refreshToken, isScopeReported);
    }

    /** The same tokens; the response names the scope if {@code isDifferent}. */
    FreshToken reportingScope(boolean isDifferent) {
        return new FreshToken(stored, accessToken, refreshToken, isDifferent);
    }

    /** The same access token, sent with the refresh token that its row keeps. */
    FreshToken keeping(String sameRefreshToken) {
        return new FreshToken(stored, accessToken, sameRefreshToken, isScopeReported);
    }

    /** The members of the response (RFC 6749 §5.1). */
    public Map<String, Object> members(IssuerRequest request) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("access_token", accessToken);
        members.put("token_type", request.tokenType(stored.access().confirmation()));
        long life = Departure.EXPIRES_IN.choose(request.isRfc(), stored.expiresIn(), stored.effectiveLife());
        if (life > 0) {
            members.put("expires_in", life);
        }
        if (refreshToken != null) {
            members.put("refresh_token", refreshToken);
        }
        if (isScopeReported) {
            members.put("scope", Objects.requireNonNullElse(stored.scope(), ""));
        }
        return members;
    }

    @Override
    public String toString() {
        return "FreshToken[" + stored.id() + "]";
    }
}
