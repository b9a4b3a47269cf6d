package io.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Configures the Admin API.
 *
 * @param http its listener
 * @param propagationTimeout how long a write waits until every node serves it
 * @param token bearer token that every request must carry, or null
 * @param insecure allows a listener beyond loopback without authentication
 * @param tls null for plain HTTP
 */
public record AdminConfig(
        ListenAddress http,
        Duration propagationTimeout,
        @Nullable String token,
        boolean insecure,
        @Nullable Tls tls) {

    /**
     * Names the PEM files for TLS on the listener.
     *
     * @param clientAuthorities issuers of the client certificates that are required, or null if none is required
     */
    public record Tls(
            Path certificate, Path certificateKey, @Nullable Path clientAuthorities) {}

    /** Returns whether callers have to authenticate. */
    public boolean isGuarded() {
        return token != null || (tls != null && tls.clientAuthorities() != null);
    }

    @Override
    public String toString() {
        return "AdminConfig[http=" + http + ", propagationTimeout=" + propagationTimeout + "]";
    }
}
