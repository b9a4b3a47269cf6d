package io.gatehouse.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The Admin API.
 *
 * @param http its listener
 * @param propagationTimeout how long a write waits for every node to serve it
 * @param token bearer token every request must carry, or null
 * @param insecure allows a listener beyond loopback without a token
 */
public record AdminConfig(
        ListenAddress http,
        Duration propagationTimeout,
        @Nullable String token,
        boolean insecure) {

    @Override
    public String toString() {
        return "AdminConfig[http=" + http + ", propagationTimeout=" + propagationTimeout + "]";
    }
}
