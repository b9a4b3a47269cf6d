package io.gatehouse.proxy.forward;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Balancers;
import io.gatehouse.balancer.Peer;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.Upstream;
import io.gatehouse.proxy.exchange.ForwardingRecord;
import io.gatehouse.proxy.tls.UpstreamTls;
import io.gatehouse.upstream.UpstreamAddress;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Service and the options to call it, computed when the configuration changes.
 *
 * @param host the server's name or address, also in the TLS handshake
 * @param authority for the Host header
 * @param tls null without TLS
 * @param address the destination of connections; null if there is a balancer
 * @param balancer of the Upstream that the Service's host names; null if it names none
 */
public record ServiceDestination(
        String host,
        int port,
        HostAndPort authority,
        @Nullable ClientSSLOptions tls,
        @Nullable UpstreamAddress address,
        @Nullable Balancer balancer,
        Service service) {

    public static ServiceDestination of(Service service, Catalog catalog, Balancers balancers) {
        Upstream upstream = catalog.upstream(service.host()).orElse(null);
        Balancer balancer = upstream == null ? null : balancers.of(upstream);
        HostAndPort authority = authority(service, upstream);
        ClientSSLOptions tls = service.isTls() ? UpstreamTls.options(service, upstream, catalog) : null;
        String host = authority.host();
        UpstreamAddress address = balancer == null
                ? UpstreamAddress.of(SocketAddress.inetSocketAddress(service.port(), host), host, service.port(), tls)
                : null;
        return new ServiceDestination(host, service.port(), authority, tls, address, balancer, service);
    }

    private static HostAndPort authority(Service service, @Nullable Upstream upstream) {
        HostAndPort given = upstream == null || upstream.hostHeader() == null
                ? null
                : HostAndPort.parseAuthority(upstream.hostHeader(), -1);
        if (given != null) {
            return given;
        }
        boolean defaultPort = service.port() == (service.isTls() ? 443 : 80);
        return HostAndPort.create(service.host(), defaultPort ? -1 : service.port());
    }

    /** Returns the same destination without TLS of the gateway's own, for bytes that a client has encrypted. */
    public ServiceDestination withoutTls() {
        UpstreamAddress plain = address == null ? null : UpstreamAddress.of(address.server(), host, port, null);
        return new ServiceDestination(host, port, authority, null, plain, balancer, service);
    }

    /** Whether the upstream is called in HTTP/2. */
    public boolean isGrpc() {
        return service.protocol().startsWith("grpc");
    }

    /** Returns the destination of a request or a connection, by its peer if there is a balancer. */
    public UpstreamAddress address(@Nullable Peer peer) {
        return peer == null ? Objects.requireNonNull(address) : UpstreamAddress.of(peer.address(), host, port, tls);
    }

    /** Adds an attempt at this destination, or at its peer if there is a balancer, to the attempts of a request. */
    void addAttempt(ForwardingRecord attempts, @Nullable Peer peer) {
        if (peer == null) {
            attempts.attempt(host, port);
        } else {
            attempts.attempt(peer.address().hostAddress(), peer.address().port());
        }
    }

    /** Returns the same for Vert.x's client. */
    RequestOptions options(@Nullable Peer peer) {
        RequestOptions options = new RequestOptions()
                .setHost(host)
                .setPort(port)
                .setSsl(tls != null)
                .setConnectTimeout(service.connectTimeout());
        if (peer != null) {
            options.setServer(peer.address());
        }
        return tls == null ? options : options.setSslOptions(tls);
    }
}
