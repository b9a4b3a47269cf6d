package io.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configures the Admin API.
 *
 * @param http its listener
 * @param propagationTimeout how long a write waits until every node serves it
 * @param tokens bearer tokens of which every request must carry one; empty if none is required. Clients send the first
 * @param insecure allows a listener beyond loopback without authentication
 * @param tls null for plain HTTP
 * @param auditRetention how long the audit trail keeps a change; zero: it records none
 * @param testCalls whether a client may have this node call its own proxy
 */
public record AdminConfig(
        ListenAddress http,
        Duration propagationTimeout,
        List<String> tokens,
        boolean insecure,
        @Nullable Tls tls,
        Duration auditRetention,
        boolean testCalls) {
    public static final Duration DEFAULT_AUDIT_RETENTION = Duration.ofDays(30);

    public AdminConfig {
        tokens = List.copyOf(tokens);
    }

    /** Configures the Admin API with the default retention of the audit trail, and with test calls on loopback. */
    public AdminConfig(
            ListenAddress http, Duration propagationTimeout, List<String> tokens, boolean insecure, @Nullable Tls tls) {
        this(http, propagationTimeout, tokens, insecure, tls, DEFAULT_AUDIT_RETENTION, http.isLoopback());
    }

    /**
     * Names the PEM files for TLS on the listener.
     *
     * @param clientAuthorities issuers of the client certificates that are required, or null if none is required
     */
    public record Tls(
            Path certificate, Path certificateKey, @Nullable Path clientAuthorities) {}

    /** Returns the token that a client sends, or null if none is required. */
    public @Nullable String token() {
        return tokens.isEmpty() ? null : tokens.get(0);
    }

    /** Returns whether callers have to authenticate. */
    public boolean isGuarded() {
        return !tokens.isEmpty() || (tls != null && tls.clientAuthorities() != null);
    }

    @Override
    public String toString() {
        return "AdminConfig[http=" + http + ", propagationTimeout=" + propagationTimeout + "]";
    }
}
