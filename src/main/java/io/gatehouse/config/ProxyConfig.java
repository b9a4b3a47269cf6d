package io.gatehouse.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The data plane's listeners.
 *
 * @param http plain listener, or null when off
 * @param https TLS listener, or null when off
 * @param instances event loops that serve the proxy
 * @param trustedIps CIDR blocks whose {@code X-Forwarded-*} headers are believed
 * @param nameServers {@code ip:port}, asked for the addresses of Upstreams' targets, in this order; none: the system's
 * @param tunnelIdleTimeout how long a WebSocket may carry no byte
 * @param certificate PEM file of the default certificate; null: a self-signed one is made in the data directory
 * @param certificateKey PEM file of its private key
 */
public record ProxyConfig(
        @Nullable ListenAddress http,
        @Nullable ListenAddress https,
        int instances,
        List<String> trustedIps,
        List<String> nameServers,
        Duration tunnelIdleTimeout,
        @Nullable Path certificate,
        @Nullable Path certificateKey) {
    public ProxyConfig {
        trustedIps = List.copyOf(trustedIps);
        nameServers = List.copyOf(nameServers);
    }

    /** The same listeners with this default certificate. */
    public ProxyConfig withCertificate(Path newCertificate, Path newKey) {
        return new ProxyConfig(
                http, https, instances, trustedIps, nameServers, tunnelIdleTimeout, newCertificate, newKey);
    }
}
