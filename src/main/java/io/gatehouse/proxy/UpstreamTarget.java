package io.gatehouse.proxy;

import io.gatehouse.balancer.Balancer;
import io.gatehouse.balancer.Balancers;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.entity.Service;
import io.gatehouse.entity.Upstream;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a Service is called, computed when the configuration changes.
 *
 * @param host a server's name or address, and the server name TLS asks for
 * @param authority for the Host header
 * @param tls null without TLS
 * @param balancer of the Upstream the Service's host names; null when it names none
 */
record UpstreamTarget(
        String host,
        int port,
        HostAndPort authority,
        @Nullable ClientSSLOptions tls,
        @Nullable Balancer balancer,
        Service service) {

    static UpstreamTarget of(Service service, Catalog catalog, Balancers balancers) {
        Upstream upstream = catalog.upstream(service.host()).orElse(null);
        Balancer balancer = upstream == null ? null : balancers.of(upstream);
        HostAndPort authority = authority(service, upstream);
        ClientSSLOptions tls = service.isTls() ? UpstreamTls.options(service, upstream, catalog) : null;
        return new UpstreamTarget(authority.host(), service.port(), authority, tls, balancer, service);
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

    /** Whether the upstream is spoken to in HTTP/2. */
    boolean isGrpc() {
        return service.protocol().startsWith("grpc");
    }

    RequestOptions options() {
        RequestOptions options = new RequestOptions()
                .setHost(host)
                .setPort(port)
                .setSsl(tls != null)
                .setConnectTimeout(service.connectTimeout());
        return tls == null ? options : options.setSslOptions(tls);
    }
}
