package io.gatehouse.credential;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names the Consumer of a credential. */
public interface ConsumerCredential {
    UUID consumerId();

    @Nullable
    String consumerUsername();

    @Nullable
    String consumerCustomId();
}
