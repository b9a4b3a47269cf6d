package io.gatehouse.issuer.grant;

import io.gatehouse.credential.TokenState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.oauth.Client;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;

/** Puts a token into the world: stored first, then known to the cluster, then told to the client. */
public final class TokenIssuance {
    private final TokenStore tokens;
    private final CredentialCache cache;

    public TokenIssuance(TokenStore tokens, CredentialCache cache) {
        this.tokens = tokens;
        this.cache = cache;
    }

    /** Stores and announces a token. */
    public Future<FreshToken> issue(Client client, FreshToken token) {
        return tokens.insert(token.stored(), client).compose(state -> announce(token, state));
    }

    /** Makes a stored token known. The cache only saves the first request a question: without it nothing is lost. */
    Future<FreshToken> announce(FreshToken token, TokenState state) {
        return cache.put(token.stored().accessToken(), new CachedCredential(state, state.createdAt()))
                .transform((put, failure) -> Future.succeededFuture(token));
    }
}
