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
import io.gatehouse.upstream.UpstreamHead;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The address of a Service and the options to call it, computed when the configuration changes.
 *
 * @param host the server's name or address, also in the TLS handshake, unless the peer has a name
 * @param authority for the Host header, likewise
 * @param tls null without TLS
 * @param address the destination of connections; null if there is a balancer
 * @param balancer of the Upstream that the Service's host names; null if it names none
 * @param namesTargets whether a target that is a name is called by it: the Upstream has such targets, and no {@code host_header}
 */
public record ServiceDestination(
        String host,
        int port,
        HostAndPort authority,
        @Nullable ClientSSLOptions tls,
        @Nullable UpstreamAddress address,
        @Nullable Balancer balancer,
        boolean namesTargets,
        Service service) {

    public static ServiceDestination of(Service service, Catalog catalog, Balancers balancers) {
        Upstream upstream = catalog.upstream(service.host()).orElse(null);
        Balancer balancer = upstream == null ? null : balancers.of(upstream);
        HostAndPort given = upstream == null || upstream.hostHeader() == null
                ? null
                : HostAndPort.parseAuthority(upstream.hostHeader(), -1);
        HostAndPort authority = given == null ? authority(service, service.host(), service.port()) : given;
        boolean namesTargets = given == null
                && upstream != null
                && catalog.targetsOf(upstream).stream().anyMatch(target -> !Balancer.isAddress(target.host()));
        ClientSSLOptions tls = service.isTls() ? UpstreamTls.options(service, upstream, catalog) : null;
        String host = given == null ? service.host() : given.host();
        UpstreamAddress address = balancer == null
                ? UpstreamAddress.of(SocketAddress.inetSocketAddress(service.port(), host), host, service.port(), tls)
                : null;
        return new ServiceDestination(host, service.port(), authority, tls, address, balancer, namesTargets, service);
    }

    private static HostAndPort authority(Service service, String host, int port) {
        boolean defaultPort = port == (service.isTls() ? 443 : 80);
        // RFC 3986 §3.2.2. The host of a Service may be an IPv6 address without brackets.
        boolean needsBrackets = host.indexOf(':') >= 0 && !host.startsWith("[");
        return HostAndPort.create(needsBrackets ? "[" + host + "]" : host, defaultPort ? -1 : port);
    }

    /** Returns the same destination without TLS of the gateway's own, for bytes that a client has encrypted. */
    public ServiceDestination withoutTls() {
        UpstreamAddress plain = address == null ? null : UpstreamAddress.of(address.server(), host, port, null);
        return new ServiceDestination(host, port, authority, null, plain, balancer, namesTargets, service);
    }

    /** Whether the upstream is called in HTTP/2. */
    public boolean isGrpc() {
        return service.protocol().startsWith("grpc");
    }

    /** Returns the destination of a request or a connection, by its peer if there is a balancer. */
    public UpstreamAddress address(@Nullable Peer peer) {
        return peer == null
                ? Objects.requireNonNull(address)
                : UpstreamAddress.of(peer.address(), host(peer), port, tls);
    }

    /** Returns the server's name or address for a request to the peer. */
    String host(@Nullable Peer peer) {
        String name = peer == null || !namesTargets ? null : peer.name();
        return name == null ? host : name;
    }

    /** Returns the head of an attempt at the peer. Each attempt may have another authority, unless the call has one. */
    UpstreamHead addressed(UpstreamHead head, UpstreamCall call, @Nullable Peer peer) {
        if (call.host() != null || peer == null || !namesTargets) {
            return head;
        }
        String name = peer.name();
        return head.to(
                name == null
                        ? authority
                        : authority(service, name, peer.address().port()));
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
                .setHost(host(peer))
                .setPort(port)
                .setSsl(tls != null)
                .setConnectTimeout(service.connectTimeout());
        if (peer != null) {
            options.setServer(peer.address());
        }
        return tls == null ? options : options.setSslOptions(tls);
    }
}
