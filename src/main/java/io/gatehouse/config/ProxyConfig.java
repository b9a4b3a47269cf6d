package io.gatehouse.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Configures the proxy's listeners.
 *
 * @param http plain HTTP listener, or null if off
 * @param https TLS listener, or null if off
 * @param instances number of event loops that serve the proxy
 * @param trustedIps CIDR blocks whose {@code X-Forwarded-*} headers are trusted
 * @param nameServers {@code ip:port}, in the order of their use for Upstreams' targets; empty for the system's name servers
 * @param publicPorts port to which clients connect for a port of a listener, where something in between translates it
 * @param certificate PEM file of the default certificate; null for a self-signed one in the data directory
 * @param certificateKey PEM file of its private key
 * @param clients limits for client connections
 */
public record ProxyConfig(
        @Nullable ListenAddress http,
        @Nullable ListenAddress https,
        int instances,
        List<String> trustedIps,
        List<String> nameServers,
        Map<Integer, Integer> publicPorts,
        @Nullable Path certificate,
        @Nullable Path certificateKey,
        ClientLimits clients) {
    public ProxyConfig {
        trustedIps = List.copyOf(trustedIps);
        nameServers = List.copyOf(nameServers);
        publicPorts = Map.copyOf(publicPorts);
    }

    /** Returns the same listeners with this default certificate. */
    public ProxyConfig withCertificate(Path newCertificate, Path newKey) {
        return new ProxyConfig(
                http, https, instances, trustedIps, nameServers, publicPorts, newCertificate, newKey, clients);
    }

    /** Returns the same listeners with these name servers. */
    public ProxyConfig withNameServers(List<String> newServers) {
        return new ProxyConfig(
                http, https, instances, trustedIps, newServers, publicPorts, certificate, certificateKey, clients);
    }
}
