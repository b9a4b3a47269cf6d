package io.gatehouse.plugin;

import io.gatehouse.entity.Consumer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who a request comes from, as its upstream will be told (docs/reference/plugins.md#identity-headers).
 *
 * @param credentialIdentifier the public part of the credential, such as a {@code client_id}
 * @param isAnonymous whether the consumer only stands in for somebody unknown
 */
public record Identity(
        UUID consumerId,
        @Nullable String consumerCustomId,
        @Nullable String consumerUsername,
        @Nullable String credentialIdentifier,
        @Nullable String scope,
        @Nullable String userId,
        boolean isAnonymous) {

    /**
     * The consumer of a credential that says nothing of scope or user; what an earlier plugin knows of these stays, since
     * that plugin let the request pass too.
     */
    public static Identity of(
            UUID consumerId,
            @Nullable String customId,
            @Nullable String username,
            String credentialIdentifier,
            @Nullable Identity earlier) {
        return new Identity(
                consumerId,
                customId,
                username,
                credentialIdentifier,
                earlier == null ? null : earlier.scope(),
                earlier == null ? null : earlier.userId(),
                false);
    }

    /** The consumer that stands in when authentication failed. */
    public static Identity anonymous(Consumer consumer) {
        return new Identity(consumer.id(), consumer.customId(), consumer.username(), null, null, null, true);
    }
}
