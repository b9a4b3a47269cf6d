package io.gatehouse.config;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Configures the proxy's listeners.
 *
 * @param http plain HTTP listener, or null if off
 * @param https TLS listener, or null if off
 * @param streams listeners for connections that are not HTTP
 * @param instances number of event loops, each with a proxy
 * @param trustedIps CIDR blocks whose {@code X-Forwarded-*} headers are trusted
 * @param nameServers {@code ip:port}, in the order of their use for Upstreams' targets; empty for the system's name servers
 * @param certificate PEM file of the default certificate; null for a self-signed one in the data directory
 * @param certificateKey PEM file of its private key
 * @param clients limits for client connections
 * @param addresses the addresses that clients see and have
 * @param responses what is added to responses
 */
public record ProxyConfig(
        @Nullable ListenAddress http,
        @Nullable ListenAddress https,
        List<StreamListener> streams,
        int instances,
        List<String> trustedIps,
        List<String> nameServers,
        @Nullable Path certificate,
        @Nullable Path certificateKey,
        ClientLimits clients,
        PublicAddresses addresses,
        ResponseConfig responses) {
    public ProxyConfig {
        streams = List.copyOf(streams);
        trustedIps = List.copyOf(trustedIps);
        nameServers = List.copyOf(nameServers);
    }

    /** Returns the same configuration with these listeners for connections. */
    public ProxyConfig withStreams(List<StreamListener> newStreams) {
        return new ProxyConfig(
                http,
                https,
                newStreams,
                instances,
                trustedIps,
                nameServers,
                certificate,
                certificateKey,
                clients,
                addresses,
                responses);
    }

    /** Whether a listener presents a certificate. */
    public boolean needsCertificate() {
        return https != null || streams.stream().anyMatch(StreamListener::isTls);
    }

    /** Returns the same listeners with these name servers. */
    public ProxyConfig withNameServers(List<String> newServers) {
        return new ProxyConfig(
                http,
                https,
                streams,
                instances,
                trustedIps,
                newServers,
                certificate,
                certificateKey,
                clients,
                addresses,
                responses);
    }

    /** Returns the same listeners with these addresses and responses. */
    public ProxyConfig with(PublicAddresses newAddresses, ResponseConfig newResponses) {
        return new ProxyConfig(
                http,
                https,
                streams,
                instances,
                trustedIps,
                nameServers,
                certificate,
                certificateKey,
                clients,
                newAddresses,
                newResponses);
    }
}
