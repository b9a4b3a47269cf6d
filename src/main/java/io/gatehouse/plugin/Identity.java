package io.gatehouse.plugin;

import io.gatehouse.credential.ConsumerCredential;
import io.gatehouse.entity.Consumer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Identifies the caller of a request; upstreams receive it in headers (docs/reference/plugins.md#identity-headers).
 *
 * @param consumerId null if the caller is a user of an LDAP server or an OpenID provider who is no Consumer
 * @param credentialIdentifier the public part of the credential, such as a {@code client_id}
 * @param isAnonymous whether the request has no valid credential and the Consumer is the configured {@code anonymous}
 */
public record Identity(
        @Nullable UUID consumerId,
        @Nullable String consumerCustomId,
        @Nullable String consumerUsername,
        @Nullable String credentialIdentifier,
        @Nullable String scope,
        @Nullable String userId,
        boolean isAnonymous) {

    /**
     * Creates the identity for a credential without scope and user. Those of an earlier plugin are kept, because that plugin
     * authenticated the request too.
     */
    public static Identity of(
            ConsumerCredential credential, @Nullable String credentialIdentifier, @Nullable Identity earlier) {
        return new Identity(
                credential.consumerId(),
                credential.consumerCustomId(),
                credential.consumerUsername(),
                credentialIdentifier,
                earlier == null ? null : earlier.scope(),
                earlier == null ? null : earlier.userId(),
                false);
    }

    /** Creates the identity of a caller who is no Consumer. As in Kong, the Consumer of an earlier plugin is not kept. */
    public static Identity withoutConsumer(String credentialIdentifier, @Nullable Identity earlier) {
        return new Identity(
                null,
                null,
                null,
                credentialIdentifier,
                earlier == null ? null : earlier.scope(),
                earlier == null ? null : earlier.userId(),
                false);
    }

    /** Creates the identity of the anonymous Consumer. */
    public static Identity anonymous(Consumer consumer) {
        return new Identity(consumer.id(), consumer.customId(), consumer.username(), null, null, null, true);
    }
}
