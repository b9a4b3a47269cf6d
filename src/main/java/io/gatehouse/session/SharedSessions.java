package io.gatehouse.session;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Groups what the nodes of a cluster share for browser sessions.
 *
 * @param sessions the sessions by the digest of their id
 * @param ends the ends that OpenID providers order, which new sessions do not evict
 * @param secret the secret of the cluster; empty if it has none
 */
public record SharedSessions(SessionStore sessions, SessionStore ends, Optional<byte[]> secret) {
    /** Returns the secret of a configuration, or that of the cluster; empty if there is none that cannot be guessed. */
    public Optional<byte[]> secretOr(@Nullable String configured) {
        if (configured == null) {
            return secret;
        }
        // The secret of a reference that could not be resolved is empty.
        return configured.isEmpty() ? Optional.empty() : Optional.of(configured.getBytes(StandardCharsets.UTF_8));
    }
}
