package io.gatehouse.issuer.grant;

import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.TokenFacts;
import io.gatehouse.store.TokenStore;
import io.gatehouse.token.CachedFacts;
import io.gatehouse.token.TokenCache;
import io.vertx.core.Future;

/** Puts a token into the world: stored first, then known to the cluster, then told to the client. */
public final class TokenIssuance {
    private final TokenStore tokens;
    private final TokenCache cache;

    public TokenIssuance(TokenStore tokens, TokenCache cache) {
        this.tokens = tokens;
        this.cache = cache;
    }

    /** Stores and announces a token. */
    public Future<FreshToken> issue(Client client, FreshToken token) {
        return tokens.insert(token.stored(), client).compose(facts -> announce(token, facts));
    }

    /** Makes a stored token known. The cache only saves the first request a question: without it nothing is lost. */
    Future<FreshToken> announce(FreshToken token, TokenFacts facts) {
        return cache.put(token.stored().accessToken(), new CachedFacts(facts, facts.createdAt()))
                .transform((put, failure) -> Future.succeededFuture(token));
    }
}
