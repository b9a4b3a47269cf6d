package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.oauth.OAuth2Error;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends requests to the token endpoint of a provider.
 *
 * <p>Each method fails with {@link InvalidToken} if the provider refuses the grant, and with another failure if it does not decide.
 *
 * <p><i>Threading</i>: all event loops share it.
 */
public final class TokenClient {
    private static final Logger LOG = LoggerFactory.getLogger(TokenClient.class);
    /** Of refreshes. The further ones get 503. */
    static final int MAX_REFRESHES = 64;

    /** RFC 6749 §5.2. Another text is not logged. */
    private static final Pattern ERROR = Pattern.compile("[a-z_]{1,64}");

    private static final Set<String> REFUSALS = Set.of(OAuth2Error.INVALID_GRANT.code());
    /** Of a client whose credentials a request contains. */
    private static final Set<String> CLIENT_REFUSALS = Set.of(
            OAuth2Error.INVALID_GRANT.code(),
            OAuth2Error.INVALID_CLIENT.code(),
            OAuth2Error.UNAUTHORIZED_CLIENT.code());

    private final ClientPosts posts;
    private final ProviderEndpoints endpoints;
    /** Anyone can send callbacks with invented codes. */
    private final InFlight redemptions = new InFlight();

    private final AtomicInteger refreshes = new AtomicInteger();

    TokenClient(ClientPosts posts, ProviderEndpoints endpoints) {
        this.posts = posts;
        this.endpoints = endpoints;
    }

    public String clientId() {
        return posts.client().clientId();
    }

    /** Redeems a code for a client with this address. */
    public Future<Tokens> redeem(Map<String, String> parameters, String address, String requestId) {
        return redemptions.send(address, () -> grant(parameters, requestId));
    }

    /** Uses a refresh token. */
    public Future<Tokens> refresh(Map<String, String> parameters, String requestId) {
        if (refreshes.incrementAndGet() > MAX_REFRESHES) {
            refreshes.decrementAndGet();
            return Future.failedFuture(new ProviderFailure("too many token requests are in flight"));
        }
        return Future.succeededFuture()
                .compose(begun -> grant(parameters, requestId))
                .onComplete(done -> refreshes.decrementAndGet());
    }

    /** Requests tokens as the configured client. The caller limits the requests in flight. */
    public Future<Tokens> grant(Map<String, String> parameters, String requestId) {
        return endpoints
                .token(requestId)
                .compose(endpoint -> posts.send(endpoint, parameters))
                .map(reply -> tokens(reply, REFUSALS));
    }

    /** Requests tokens as another client, with its own secret. The caller limits the requests in flight. */
    public Future<Tokens> grantTo(String clientId, String secret, Map<String, String> parameters, String requestId) {
        ClientAuthentication other = posts.client().ofClient(clientId, secret);
        return endpoints
                .token(requestId)
                .compose(endpoint -> posts.send(endpoint, parameters, other))
                .map(reply -> tokens(reply, CLIENT_REFUSALS));
    }

    private static Tokens tokens(Documents.Reply reply, Set<String> refusals) {
        JsonObject document = reply.document();
        if (reply.status() == Documents.OK) {
            return Tokens.of(document, System.currentTimeMillis() / 1_000);
        }
        String error = document.getValue("error") instanceof String text
                        && ERROR.matcher(text).matches()
                ? text
                : "other";
        if (refusals.contains(error)) {
            throw new InvalidToken("the provider refuses the grant");
        }
        LOG.warn(
                "the OpenID provider refuses token requests of this client, sign-ins get 503 status={} error={}",
                reply.status(),
                error);
        throw new ProviderFailure("status " + reply.status());
    }
}
