package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.oauth.StoredToken;
import io.gatehouse.schema.RandomString;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A token with its secrets still in clear, on its way to the client: the only place that has both.
 *
 * @param stored what PostgreSQL keeps of it
 */
public record FreshToken(
        NewToken stored, String accessToken, @Nullable String refreshToken) {

    /**
     * A new access token, and with it a refresh token where the grant gives one; {@code serviceId} is the Service it is bound
     * to, null for a global one.
     */
    static FreshToken of(
            GrantRequest request,
            @Nullable UUID serviceId,
            @Nullable String scope,
            @Nullable String authenticatedUserId,
            @Nullable UUID familyId,
            boolean withRefreshToken) {
        String refreshToken = withRefreshToken && isRefreshable(request) ? RandomString.next() : null;
        return new FreshToken(
                request,
                UUID.randomUUID(),
                serviceId,
                scope,
                authenticatedUserId,
                familyId,
                RandomString.next(),
                refreshToken);
    }

    /** The tokens that an attempt redeems something for: the same ones each time. */
    static FreshToken of(
            Attempt attempt,
            GrantRequest request,
            @Nullable UUID serviceId,
            @Nullable String scope,
            @Nullable String authenticatedUserId,
            UUID familyId) {
        return new FreshToken(
                request,
                UUID.randomUUID(),
                serviceId,
                scope,
                authenticatedUserId,
                familyId,
                attempt.accessToken(),
                isRefreshable(request) ? attempt.refreshToken() : null);
    }

    /** A new access token for a row that keeps its refresh token. */
    static FreshToken inRow(StoredToken old, Attempt attempt, GrantRequest request) {
        return new FreshToken(
                request,
                old.id(),
                old.serviceId(),
                old.scope(),
                old.authenticatedUserId(),
                null,
                attempt.accessToken(),
                null);
    }

    /** A token that never expires needs no successor. */
    private static boolean isRefreshable(GrantRequest request) {
        return request.config().tokenExpiration() > 0;
    }

    private FreshToken(
            GrantRequest request,
            UUID id,
            @Nullable UUID serviceId,
            @Nullable String scope,
            @Nullable String userId,
            @Nullable UUID familyId,
            String accessToken,
            @Nullable String refreshToken) {
        this(
                new NewToken(
                        id,
                        CredentialDigest.of(accessToken),
                        refreshToken == null ? null : CredentialDigest.of(refreshToken),
                        serviceId,
                        userId,
                        scope,
                        request.config().tokenExpiration(),
                        // Rows of tokens that never expire are never touched.
                        request.config().tokenExpiration() == 0
                                ? 0
                                : request.config().refreshTokenTtl(),
                        familyId),
                accessToken,
                refreshToken);
    }

    /** The same token, told to the client together with the refresh token that stays. */
    FreshToken keeping(String sameRefreshToken) {
        return new FreshToken(stored, accessToken, sameRefreshToken);
    }

    /** The members of the answer (RFC 6749 §5.1). */
    public Map<String, Object> answer() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("access_token", accessToken);
        answer.put("token_type", "bearer");
        if (stored.expiresIn() > 0) {
            answer.put("expires_in", stored.expiresIn());
        }
        if (refreshToken != null) {
            answer.put("refresh_token", refreshToken);
        }
        return answer;
    }

    @Override
    public String toString() {
        return "FreshToken[" + stored.id() + "]";
    }
}
