package io.gatehouse.proxy;

import io.gatehouse.entity.Service;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;

/** Where and how a Service is called, computed when the configuration changes. */
record UpstreamTarget(String host, int port, boolean tls, HostAndPort authority, Service service) {

    static UpstreamTarget of(Service service) {
        boolean defaultPort = service.port() == (service.isTls() ? 443 : 80);
        return new UpstreamTarget(
                service.host(),
                service.port(),
                service.isTls(),
                HostAndPort.create(service.host(), defaultPort ? -1 : service.port()),
                service);
    }

    /** Whether the upstream is spoken to in HTTP/2. */
    boolean isGrpc() {
        return service.protocol().startsWith("grpc");
    }

    RequestOptions options() {
        RequestOptions options = new RequestOptions()
                .setHost(host)
                .setPort(port)
                .setSsl(tls)
                .setConnectTimeout(service.connectTimeout())
                .setIdleTimeout(service.readTimeout());
        if (tls) {
            options.setSslOptions(sslOptions());
        }
        return options;
    }

    /** As with Kong, a Service's certificate is checked only when it says so. */
    private ClientSSLOptions sslOptions() {
        return service.tlsVerify()
                ? new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS")
                : new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm("");
    }
}
