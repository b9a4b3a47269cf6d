package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.issuer.jwt.AccessTokenSigner;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.GrantedAccess;
import io.gatehouse.oauth.NewToken;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives access tokens the form that the plugin asks for: opaque, or a JWT (RFC 9068).
 *
 * <p><i>Invariant</i>: a JWT says what its row says. PostgreSQL stores the digest of the whole JWT, so that a changed one is unknown. The
 * JWT follows from the row, the attempt and the key, because RS256 has one signature for a text: issuers that serve the same attempt give
 * the same JWT.
 */
public final class AccessTokenForm {
    private final AccessTokenSigner signer;
    private final LongSupplier clock;

    /** {@code clock} returns seconds since the epoch, by PostgreSQL's clock. */
    public AccessTokenForm(AccessTokenSigner signer, LongSupplier clock) {
        this.signer = signer;
        this.clock = clock;
    }

    /** Reads what {@link #of} needs from PostgreSQL. */
    Future<Void> prepare(IssuerRequest request) {
        return request.config().jwtAccessTokens() ? signer.prepare() : Future.succeededFuture();
    }

    /** Returns the token in its form; {@code actor} is the party that acts for its subject, or null. */
    Future<FreshToken> of(FreshToken token, Client client, IssuerRequest request, @Nullable Actor actor) {
        return request.config().jwtAccessTokens()
                ? signed(token, client, request, actor, request.issuedAt(clock.getAsLong()))
                : Future.succeededFuture(token);
    }

    /**
     * Returns the JWT that an attempt was given before, or another one if this issuer cannot use the key that signed it, or the proxy sent
     * no time.
     *
     * <p><i>Why the time of the attempt first</i>: if this issuer was paused, that time may be too old for a new token. Another JWT would
     * replace the one that the client has.
     *
     * @param token the token of the attempt, from its row
     */
    Future<FreshToken> again(FreshToken token, Client client, IssuerRequest request) {
        long issuedAt = request.issuedAt(clock.getAsLong());
        Long attempted = request.message().attemptedAt();
        if (attempted == null || attempted == issuedAt) {
            return signed(token, client, request, null, issuedAt);
        }
        CredentialDigest given = token.stored().accessToken();
        return signed(token, client, request, null, attempted)
                .compose(same -> same.stored().accessToken().equals(given)
                        ? Future.succeededFuture(same)
                        : signed(token, client, request, null, issuedAt));
    }

    private Future<FreshToken> signed(
            FreshToken token, Client client, IssuerRequest request, @Nullable Actor actor, long issuedAt) {
        return signer.sign(claims(token.stored(), client, request, actor, issuedAt), issuedAt)
                .map(token::inForm);
    }

    /**
     * RFC 9068 §2.2; {@code act} of RFC 8693 §4.1, {@code cnf} of RFC 7800 §3. The {@code jti} is the id of the row, by which the Admin API
     * revokes the token.
     */
    private static Map<String, Object> claims(
            NewToken token, Client client, IssuerRequest request, @Nullable Actor actor, long issuedAt) {
        GrantedAccess access = token.access();
        String issuer = Objects.requireNonNull(request.config().issuer());
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("iss", issuer);
        claims.put("sub", Objects.requireNonNullElse(access.authenticatedUserId(), client.clientId()));
        claims.put("aud", audience(access, request, issuer));
        claims.put("client_id", client.clientId());
        claims.put("iat", issuedAt);
        claims.put("exp", issuedAt + token.effectiveLife());
        claims.put("jti", token.id().toString());
        if (token.scope() != null) {
            claims.put("scope", token.scope());
        }
        if (actor != null) {
            claims.put("act", actor.members());
        }
        if (access.confirmation() != null) {
            claims.put("cnf", access.confirmation().members());
        }
        return claims;
    }

    /** The resource of the token, otherwise that of the Route (RFC 9068 §3). A path that no URL can have has none. */
    private static String audience(GrantedAccess access, IssuerRequest request, String issuer) {
        String resource = access.resource();
        String ofRoute = request.message().resource();
        return resource != null ? resource : ofRoute != null ? ofRoute : issuer;
    }
}
