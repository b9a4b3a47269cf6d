package io.gatehouse.plugin.openidconnect.provider;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Asks the introspection endpoint of a provider (RFC 7662 §2). Immutable. */
final class Introspection implements TokenQuestion {
    /** Types of an access token that the bearer presents. Some providers name the kind of the token in place of its type. */
    private static final Set<String> TYPES = Set.of("bearer", "access_token");

    private final ClientPosts posts;
    private final ProviderEndpoints endpoints;
    private final @Nullable String hint;

    /** {@code hint} is the parameter {@code token_type_hint}; null without it. */
    Introspection(ClientPosts posts, ProviderEndpoints endpoints, @Nullable String hint) {
        this.posts = posts;
        this.endpoints = endpoints;
        this.hint = hint;
    }

    @Override
    public Future<Accepted> ask(String token, String requestId) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("token", token);
        if (hint != null) {
            form.put("token_type_hint", hint);
        }
        return endpoints
                .introspection(requestId)
                .compose(endpoint -> posts.send(endpoint, form))
                .map(Introspection::decide);
    }

    private static Accepted decide(Documents.Reply reply) {
        JsonObject document = reply.document();
        if (reply.status() != Documents.OK || !(document.getValue("active") instanceof Boolean isActive)) {
            throw new ProviderFailure("no introspection response, but the status " + reply.status());
        }
        if (!isActive) {
            throw new InvalidToken("the provider states that the token is not active");
        }
        // Providers also state that refresh tokens are active, and tokens that are bound to a key.
        Object type = document.getValue("token_type");
        if (type != null && !(type instanceof String text && TYPES.contains(text.toLowerCase(Locale.ROOT)))) {
            throw new InvalidToken("the token has another type than Bearer");
        }
        if (VerifiedToken.isBound(document.getMap())) {
            throw new InvalidToken("the token is bound to a key");
        }
        return Accepted.ofToken(document.getMap(), reply.size(), Double.POSITIVE_INFINITY);
    }
}
