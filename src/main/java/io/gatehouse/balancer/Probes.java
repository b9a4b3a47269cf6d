package io.gatehouse.balancer;

import io.gatehouse.entity.HealthChecks.Active;
import io.gatehouse.entity.Upstream;
import io.gatehouse.syntax.HeaderText;
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

/** Sends active health checks: a request or a TCP connect, each on a new connection (docs/reference/proxy.md#upstreams-and-targets). */
final class Probes {
    private static final int MAX_CONNECTIONS = 64;
    private static final int MAX_WAITING = 10_000;

    private final HttpClient http;
    /**
     * For checks that verify the certificate. Vert.x compares neither that nor the check of the host name when two requests to one target
     * may share TLS options.
     */
    private final HttpClient verifying;

    private final NetClient tcp;

    Probes(Vertx vertx, int maxConnectMillis) {
        this.http = client(vertx);
        this.verifying = client(vertx);
        this.tcp = vertx.createNetClient(new NetClientOptions().setConnectTimeout(maxConnectMillis));
    }

    private static HttpClient client(Vertx vertx) {
        return vertx.createHttpClient(
                new HttpClientOptions().setKeepAlive(false).setVerifyHost(false),
                new PoolOptions().setHttp1MaxSize(MAX_CONNECTIONS).setMaxWaitQueueSize(MAX_WAITING));
    }

    /** Completes with the status of the peer's response. Fails if the peer is unreachable or times out. */
    Future<Integer> http(Upstream upstream, Peer peer) {
        Active active = upstream.healthchecks().active();
        boolean tls = active.type().equals("https");
        String host = active.sni() == null ? peer.target().host() : active.sni();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(peer.address())
                .setHost(host)
                .setPort(peer.target().port())
                .setURI(active.path())
                .setSsl(tls)
                .setTimeout(active.timeoutMillis());
        if (tls) {
            options.setSslOptions(
                    active.verify()
                            ? new ClientSSLOptions().setHostnameVerificationAlgorithm("HTTPS")
                            : new ClientSSLOptions().setTrustAll(true).setHostnameVerificationAlgorithm(""));
        }
        active.headers()
                .forEach((name, values) -> values.forEach(value -> options.addHeader(name, HeaderText.of(value))));
        HttpClient client = tls && active.verify() ? verifying : http;
        return client.request(options)
                .compose(request -> {
                    request.authority(authority(upstream, peer));
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
