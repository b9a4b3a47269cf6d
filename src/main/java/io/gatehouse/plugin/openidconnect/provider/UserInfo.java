package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.Future;
import java.util.Map;
import java.util.Set;

/** Asks the userinfo endpoint of a provider (OpenID Connect Core 1.0 §5.3). Immutable. */
final class UserInfo implements TokenQuestion {
    /** RFC 6750 §3.1: the token is malformed, invalid, or not for this endpoint. */
    private static final Set<Integer> REJECTIONS = Set.of(400, 401, 403);

    private final Documents documents;
    private final ProviderEndpoints endpoints;

    UserInfo(Documents documents, ProviderEndpoints endpoints) {
        this.documents = documents;
        this.endpoints = endpoints;
    }

    @Override
    public Future<Accepted> ask(String token, String requestId) {
        return endpoints
                .userinfo(requestId)
                .compose(endpoint -> documents.get(endpoint, token))
                .map(reply -> decide(reply, token));
    }

    private static Accepted decide(Documents.Reply reply, String token) {
        if (REJECTIONS.contains(reply.status())) {
            throw new InvalidToken("the userinfo endpoint rejects the token");
        }
        Map<String, Object> claims = reply.document().getMap();
        if (reply.status() != Documents.OK || !(claims.get("sub") instanceof String)) {
            throw new ProviderFailure("no userinfo response with sub, but the status " + reply.status());
        }
        return Accepted.ofToken(claims, reply.size(), expiry(token));
    }

    /** Returns the expiry of a token that is a JWT. It is not verified, but can only shorten the time in the cache. */
    private static double expiry(String token) {
        try {
            return PresentedJwt.parse(token, PresentedJwt.ACCESS_TOKEN).claims().get("exp") instanceof Number expiry
                    ? expiry.doubleValue()
                    : Double.POSITIVE_INFINITY;
        } catch (InvalidToken opaque) {
            return Double.POSITIVE_INFINITY;
        }
    }
}
