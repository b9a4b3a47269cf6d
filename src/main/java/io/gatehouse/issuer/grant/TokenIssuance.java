package io.gatehouse.issuer.grant;

import io.gatehouse.credential.CredentialDigest;
import io.gatehouse.credential.TokenState;
import io.gatehouse.lookup.CachedCredential;
import io.gatehouse.lookup.CredentialCache;
import io.gatehouse.oauth.Actor;
import io.gatehouse.oauth.Client;
import io.gatehouse.oauth.NewToken;
import io.gatehouse.store.TokenStore;
import io.vertx.core.Future;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Gives tokens their form, and stores them in PostgreSQL before the client receives them. They go into the shared cache as
 * well, for which no client waits: a node that does not find a token there asks an issuer.
 */
public final class TokenIssuance {
    private final TokenStore tokens;
    private final CredentialCache cache;
    private final AccessTokenForm form;

    public TokenIssuance(TokenStore tokens, CredentialCache cache, AccessTokenForm form) {
        this.tokens = tokens;
        this.cache = cache;
        this.form = form;
    }

    /** Stores a token and caches its state. */
    public Future<FreshToken> issue(Client client, IssuerRequest request, FreshToken token) {
        return prepare(request)
                .compose(prepared -> formed(token, client, request, null))
                .compose(formed -> tokens.insert(formed.stored(), client).map(state -> cached(formed, state)));
    }

    /** Reads what {@link #formed} needs, before the transaction that stores the token takes a connection. */
    Future<Void> prepare(IssuerRequest request) {
        return form.prepare(request);
    }

    /**
     * Returns the token in the form of the plugin, which is to be stored. The caller has called {@link #prepare}.
     *
     * @param actor the party that acts for its subject; null: none
     */
    Future<FreshToken> formed(FreshToken token, Client client, IssuerRequest request, @Nullable Actor actor) {
        return form.of(token, client, request, actor);
    }

    /**
     * The pair that an attempt was given before; empty if it has been used for a refresh or revoked since.
     *
     * @param isScopeReported whether the response names the scope
     */
    Future<Optional<FreshToken>> repeat(
            Attempt attempt, Client client, IssuerRequest request, boolean isScopeReported) {
        return tokens.findStored(CredentialDigest.of(attempt.accessToken()))
                .compose(found -> found.isPresent() || !request.config().jwtAccessTokens()
                        ? Future.succeededFuture(
                                found.map(stored -> FreshToken.repeated(attempt, stored, isScopeReported)))
                        : repeatInForm(attempt, client, request, isScopeReported));
    }

    /** The JWT that the attempt was given before. If this issuer cannot give it, the row gets another one. */
    private Future<Optional<FreshToken>> repeatInForm(
            Attempt attempt, Client client, IssuerRequest request, boolean isScopeReported) {
        return tokens.findStoredByRefreshToken(CredentialDigest.of(attempt.refreshToken()))
                .compose(found -> found.map(stored -> form.again(
                                        FreshToken.repeated(attempt, stored, isScopeReported), client, request)
                                .compose(token -> replaced(stored, token, client)))
                        .orElseGet(() -> Future.succeededFuture(Optional.empty())));
    }

    private Future<Optional<FreshToken>> replaced(NewToken stored, FreshToken token, Client client) {
        CredentialDigest accessToken = token.stored().accessToken();
        if (accessToken.equals(stored.accessToken())) {
            return Future.succeededFuture(Optional.of(token));
        }
        return tokens.replaceAccessToken(stored, client, accessToken)
                .map(isReplaced -> isReplaced ? Optional.of(token) : Optional.empty());
    }

    /** Returns a stored token whose state is now put into the cache. */
    FreshToken cached(FreshToken token, TokenState state) {
        cache.put(token.stored().accessToken(), new CachedCredential(state, state.createdAt()));
        return token;
    }
}
