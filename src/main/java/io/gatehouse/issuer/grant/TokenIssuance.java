package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.oauth.Client;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.Optional;

/** Stores tokens in PostgreSQL and then in the shared cache, before the client receives them. */
public final class TokenIssuance {
    private final TokenStore tokens;
    private final CredentialCache cache;

    public TokenIssuance(TokenStore tokens, CredentialCache cache) {
        this.tokens = tokens;
        this.cache = cache;
    }

    /** Stores a token and caches its state. */
    public Future<FreshToken> issue(Client client, FreshToken token) {
        return tokens.insert(token.stored(), client).compose(state -> cacheState(token, state));
    }

    /**
     * The pair that an attempt was given before; empty if it has been used for a refresh or revoked since.
     *
     * @param isScopeReported whether the response names the scope
     */
    Future<Optional<FreshToken>> repeat(Attempt attempt, boolean isScopeReported) {
        return tokens.findStored(CredentialDigest.of(attempt.accessToken()))
                .map(found -> found.map(stored -> FreshToken.repeated(attempt, stored, isScopeReported)));
    }

    /** Caches the state of a stored token. If the cache is unreachable, the first API call looks the token up. */
    Future<FreshToken> cacheState(FreshToken token, TokenState state) {
        return cache.put(token.stored().accessToken(), new CachedCredential(state, state.createdAt()))
                .transform((put, failure) -> Future.succeededFuture(token));
    }
}
