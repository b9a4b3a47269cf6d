package io.gatehouse.plugin.openidconnect;

import io.gatehouse.plugin.openidconnect.provider.Accepted;
import io.gatehouse.plugin.openidconnect.provider.InvalidToken;
import io.gatehouse.plugin.openidconnect.provider.Provider;
import io.gatehouse.plugin.openidconnect.provider.TokenClient;
import io.gatehouse.plugin.openidconnect.provider.Tokens;
import io.gatehouse.schema.Document;
import io.gatehouse.session.Sessions;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Obtains tokens for the credentials of users and clients, which the provider checks (RFC 6749 §4.3, §4.4, §6). Immutable.
 *
 * <p>Refresh tokens of the responses are not used here: the client sends its credential with each request.
 */
final class CredentialGrants {
    private static final double MILLIS = 1_000;
    /** Tokens are replaced this many seconds before they expire, so that the upstream receives none that is about to. */
    private static final double EARLY_SECONDS = 10;
    /** The part of a short life that is used. */
    private static final double USED = 0.75;

    private final Provider provider;
    private final TokenClient client;
    private final SignInTokens tokens;
    private final boolean isForUsers;
    private final boolean isForClients;
    private final String scope;
    private final double leeway;

    CredentialGrants(Document config, Provider provider, TokenClient client, SignInTokens tokens) {
        List<String> methods = config.strings("auth_methods");
        this.provider = provider;
        this.client = client;
        this.tokens = tokens;
        this.isForUsers = methods.contains("password");
        this.isForClients = methods.contains("client_credentials");
        this.scope = String.join(" ", config.strings("scopes"));
        this.leeway = config.number("leeway").doubleValue();
    }

    /** Returns whether names and secrets are accepted. */
    boolean isEnabled() {
        return isForUsers || isForClients;
    }

    /** Obtains tokens: as in Kong, for a user, and for a client if the provider rejects the user. Fails with {@link InvalidToken}. */
    Future<Accepted> grant(BasicCredential credential, String requestId) {
        if (!isForUsers) {
            return ofClient(credential, requestId);
        }
        Future<Accepted> ofUser = ofUser(credential, requestId);
        return isForClients
                ? ofUser.recover(failure -> failure instanceof InvalidToken
                        ? ofClient(credential, requestId)
                        : Future.failedFuture(failure))
                : ofUser;
    }

    private Future<Accepted> ofUser(BasicCredential credential, String requestId) {
        Map<String, String> form = form("password");
        form.put("username", credential.name());
        form.put("password", credential.secret());
        return client.grant(form, requestId).compose(granted -> verified(granted, requestId));
    }

    /** Obtains tokens for a refresh token, with the scope that it has. Fails with {@link InvalidToken}. */
    Future<Accepted> refresh(String refreshToken, String requestId) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", refreshToken);
        return client.grant(form, requestId).compose(granted -> verified(granted, requestId));
    }

    private Future<Accepted> verified(Tokens granted, String requestId) {
        String idToken = granted.idToken();
        if (idToken == null) {
            return withoutIdToken(granted, Map.of(), requestId);
        }
        return tokens.verified(granted, idToken, null, requestId).map(checked -> {
            Session session = checked.session(granted, idToken, Sessions.now());
            return accepted(granted, idToken, session.claims(), session.expiry());
        });
    }

    private Future<Accepted> ofClient(BasicCredential credential, String requestId) {
        return client.grantTo(credential.name(), credential.secret(), form("client_credentials"), requestId)
                // The provider has authenticated the client. RFC 9068 §2.2: it is the subject, too.
                .compose(granted -> withoutIdToken(
                        granted, Map.of("client_id", credential.name(), "sub", credential.name()), requestId));
    }

    private Map<String, String> form(String grantType) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", grantType);
        if (!scope.isEmpty()) {
            form.put("scope", scope);
        }
        return form;
    }

    /** Accepts a response without an ID token for the caller. The claims of an access token that is a JWT replace the usual ones. */
    private Future<Accepted> withoutIdToken(Tokens granted, Map<String, Object> usual, String requestId) {
        return provider.verifyIfJwt(granted.accessToken(), requestId).map(verified -> {
            Map<String, Object> claims = new LinkedHashMap<>(usual);
            if (granted.scope() != null) {
                claims.put("scope", granted.scope());
            }
            verified.ifPresent(token -> claims.putAll(token.claims()));
            return accepted(granted, null, claims, granted.expiry(verified, leeway));
        });
    }

    /** {@code expiry} is in seconds; 0 if it is not known. */
    private static Accepted accepted(
            Tokens granted, @Nullable String idToken, Map<String, Object> claims, long expiry) {
        String refreshToken = granted.refreshToken();
        int characters = granted.accessToken().length()
                + (idToken == null ? 0 : idToken.length())
                + (refreshToken == null ? 0 : refreshToken.length());
        return new Accepted(claims, characters, early(expiry), 0, granted.accessToken(), idToken, refreshToken);
    }

    private static double early(long expiry) {
        if (expiry == 0) {
            return Double.POSITIVE_INFINITY;
        }
        double now = System.currentTimeMillis() / MILLIS;
        return now + Math.max(expiry - now - EARLY_SECONDS, USED * (expiry - now));
    }
}
