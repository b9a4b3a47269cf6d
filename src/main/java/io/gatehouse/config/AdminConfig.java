package io.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Admin API.
 *
 * @param http its listener
 * @param propagationTimeout how long a write waits for every node to serve it
 * @param token bearer token every request must carry, or null
 * @param insecure allows a listener beyond loopback where nobody has to show who they are
 * @param tls null: plain http
 */
public record AdminConfig(
        ListenAddress http,
        Duration propagationTimeout,
        @Nullable String token,
        boolean insecure,
        @Nullable Tls tls) {

    /**
     * TLS on the listener; PEM files.
     *
     * @param clientAuthorities whose certificates callers must show; null: they need not show one
     */
    public record Tls(
            Path certificate, Path certificateKey, @Nullable Path clientAuthorities) {}

    /** Plain http. */
    public AdminConfig(ListenAddress http, Duration propagationTimeout, @Nullable String token, boolean insecure) {
        this(http, propagationTimeout, token, insecure, null);
    }

    /** Whether callers have to show who they are. */
    public boolean isGuarded() {
        return token != null || (tls != null && tls.clientAuthorities() != null);
    }

    @Override
    public String toString() {
        return "AdminConfig[http=" + http + ", propagationTimeout=" + propagationTimeout + "]";
    }
}
