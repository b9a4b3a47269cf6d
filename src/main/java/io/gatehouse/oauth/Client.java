package io.gatehouse.oauth;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Describes an application that requests tokens (RFC 6749 §1.1): Kong's OAuth 2.0 credential, with its Consumer.
 *
 * @param secrets those that authenticate it, at most two; empty for a client without one
 */
public record Client(
        UUID credentialId,
        String clientId,
        List<ClientSecret> secrets,
        boolean isConfidential,
        List<String> redirectUris,
        ClientMetadata metadata,
        UUID consumerId,
        @Nullable String consumerUsername,
        @Nullable String consumerCustomId) {

    @Override
    public String toString() {
        return "Client[" + clientId + "]";
    }
}
