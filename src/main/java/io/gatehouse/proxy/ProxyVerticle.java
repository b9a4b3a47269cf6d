package io.gatehouse.proxy;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ProxyConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * The proxy role: the listeners of the data plane and a client to the upstreams, one of each per event loop. Deployed as
 * often as {@code proxy.instances} says; the instances share the ports.
 */
public final class ProxyVerticle extends VerticleBase {
    /** Contract/proxy.md §3. */
    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private static final int MAX_TARGET_BYTES = 8 * 1024;
    private static final Duration IDLE_TIMEOUT = Duration.ofSeconds(60);
    /** Shorter than what upstreams usually allow, so that a connection is not used as it closes. */
    private static final Duration UPSTREAM_KEEP_ALIVE = Duration.ofSeconds(30);

    private static final int MAX_UPSTREAM_CONNECTIONS = 512;
    private static final int MAX_WAITING_FOR_CONNECTION = 2_048;

    private final ProxyConfig config;
    private final ProxyConfiguration configuration;
    private final String version;
    private final List<HttpServer> servers = new ArrayList<>();

    public ProxyVerticle(ProxyConfig config, ProxyConfiguration configuration, String version) {
        this.config = config;
        this.configuration = configuration;
        this.version = version;
    }

    @Override
    public Future<?> start() {
        ProxyHandler handler = new ProxyHandler(
                configuration,
                new TrustedPeers(config.trustedIps()),
                new UpstreamForwarder(vertx.createHttpClient(clientOptions(), poolOptions())),
                new ErrorResponder(version));
        List<Future<HttpServer>> listening = new ArrayList<>();
        if (config.http() != null) {
            listening.add(listen(serverOptions(config.http()), handler));
        }
        if (config.https() != null) {
            listening.add(listen(withTls(serverOptions(config.https())), handler));
        }
        return Future.all(listening);
    }

    private Future<HttpServer> listen(HttpServerOptions options, ProxyHandler handler) {
        HttpServer server =
                vertx.createHttpServer(options).requestHandler(handler).invalidRequestHandler(handler::invalid);
        servers.add(server);
        return server.listen();
    }

    /** The port that was bound, for a listener that asked for any. */
    public int port(boolean https) {
        return servers.get(https && config.http() != null ? 1 : 0).actualPort();
    }

    private static HttpServerOptions serverOptions(ListenAddress address) {
        return new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port())
                .setMaxInitialLineLength(MAX_TARGET_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setIdleTimeout((int) IDLE_TIMEOUT.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(false);
    }

    private HttpServerOptions withTls(HttpServerOptions options) {
        return options.setSsl(true)
                .setUseAlpn(false)
                .setKeyCertOptions(new PemKeyCertOptions()
                        .setCertPath(
                                Objects.requireNonNull(config.certificate()).toString())
                        .setKeyPath(
                                Objects.requireNonNull(config.certificateKey()).toString()));
    }

    private static HttpClientOptions clientOptions() {
        return new HttpClientOptions()
                .setKeepAlive(true)
                .setKeepAliveTimeout((int) UPSTREAM_KEEP_ALIVE.toSeconds())
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setMaxInitialLineLength(MAX_TARGET_BYTES)
                .setDecompressionSupported(false)
                .setVerifyHost(false);
    }

    private static PoolOptions poolOptions() {
        return new PoolOptions()
                .setHttp1MaxSize(MAX_UPSTREAM_CONNECTIONS)
                .setMaxWaitQueueSize(MAX_WAITING_FOR_CONNECTION);
    }
}
