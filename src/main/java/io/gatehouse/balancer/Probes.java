package io.gatehouse.balancer;

import io.gatehouse.entity.HealthChecks.Active;
import io.gatehouse.entity.Upstream;
import io.gatehouse.syntax.HeaderText;
import io.gatehouse.upstream.ClientCertificate;
import io.gatehouse.upstream.UpstreamAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sends active health checks: a request or a TCP connect, each on a new connection (docs/reference/proxy.md#upstreams-and-targets). */
final class Probes {
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_WAITING = 10_000;

    private final Clients http;
    /**
     * For checks that verify the certificate. Vert.x compares neither that nor the check of the host name when two requests to one target
     * may share TLS options.
     */
    private final Clients verifying;

    private final NetClient tcp;

    /**
     * Clients with the same trust.
     *
     * @param toPlainName for server names without a dot, which the JDK sends only if that is forced
     */
    private record Clients(HttpClient usual, HttpClient toPlainName) {
        static Clients of(Vertx vertx) {
            return new Clients(client(vertx, false), client(vertx, true));
        }

        private static HttpClient client(Vertx vertx, boolean forcesServerName) {
            return vertx.createHttpClient(
                    new HttpClientOptions()
                            .setKeepAlive(false)
                            .setVerifyHost(false)
                            .setForceSni(forcesServerName),
                    new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
        }

        HttpClient to(String serverName) {
            return UpstreamAddress.isPlainName(serverName) ? toPlainName : usual;
        }
    }

    Probes(Vertx vertx, int maxConnectMillis) {
        this.http = Clients.of(vertx);
        this.verifying = Clients.of(vertx);
        this.tcp = vertx.createNetClient(new NetClientOptions().setConnectTimeout(maxConnectMillis));
    }

    /**
     * Completes with the status of the peer's response. Fails if the peer is unreachable or times out.
     *
     * @param certificate that the gateway presents; null for none
     */
    Future<Integer> http(Upstream upstream, @Nullable ClientCertificate certificate, Peer peer) {
        Active active = upstream.healthchecks().active();
        boolean tls = active.type().equals("https");
        HostAndPort authority = authority(upstream, peer);
        String host = active.sni() == null ? authority.host() : active.sni();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(peer.address())
                .setHost(host)
                .setPort(peer.target().port())
                .setURI(active.path())
                .setSsl(tls)
                .setTimeout(active.timeoutMillis());
        if (tls) {
            ClientSSLOptions trust = active.verify()
                    ? new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS")
                    : new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm("");
            options.setSslOptions(certificate == null ? trust : trust.setKeyCertOptions(certificate));
        }
        active.headers()
                .forEach((name, values) -> values.forEach(value -> options.addHeader(name, HeaderText.of(value))));
        Clients clients = tls && active.verify() ? verifying : http;
        return clients.to(host)
                .request(options)
                .compose(request -> {
                    request.authority(authority);
                    return request.send();
                })
                .map(response -> {
                    // Only the status counts, so the body is not read.
                    response.request().connection().close();
                    return response.statusCode();
                })
                .timeout(active.timeoutMillis(), TimeUnit.MILLISECONDS);
    }

    private static HostAndPort authority(Upstream upstream, Peer peer) {
        HostAndPort given =
                upstream.hostHeader() == null ? null : HostAndPort.parseAuthority(upstream.hostHeader(), -1);
        return given == null
                ? HostAndPort.create(peer.target().host(), peer.target().port())
                : given;
    }

    /** Completes if the peer accepts a connection in time. */
    Future<Void> tcp(Upstream upstream, Peer peer) {
        return tcp.connect(peer.address())
                .compose(io.vertx.core.net.NetSocket::close)
                .timeout(upstream.healthchecks().active().timeoutMillis(), TimeUnit.MILLISECONDS);
    }
}
