package io.gatehouse.plugin.openidconnect.provider;

import io.gatehouse.schema.Document;
import org.jspecify.annotations.Nullable;

/**
 * Groups what one configured client sends to a provider. Immutable.
 *
 * @param tokens requests to the token endpoint
 * @param introspection questions to the introspection endpoint
 * @param userInfo questions to the userinfo endpoint
 */
public record ProviderClient(TokenClient tokens, TokenQuestion introspection, TokenQuestion userInfo) {

    static ProviderClient of(
            Provider provider, Document config, Documents ofClient, Documents ofBearer, ClientAuthentication client) {
        ProviderEndpoints endpoints = new ProviderEndpoints(provider, config, client.isByCertificate());
        ClientPosts posts = new ClientPosts(ofClient, client);
        @Nullable String hint = config.optionalString("introspection_hint");
        return new ProviderClient(
                new TokenClient(posts, endpoints),
                new Introspection(posts, endpoints, hint),
                new UserInfo(ofBearer, endpoints));
    }
}
