package io.gatehouse.session;

import java.util.Optional;

/**
 * Groups what the nodes of a cluster share for browser sessions.
 *
 * @param sessions the sessions by the digest of their id
 * @param ends the ends that OpenID providers order, which new sessions do not evict
 * @param secret the secret of the cluster; empty if it has none
 */
public record SharedSessions(SessionStore sessions, SessionStore ends, Optional<byte[]> secret) {}
