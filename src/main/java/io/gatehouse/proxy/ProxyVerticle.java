package io.gatehouse.proxy;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
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
import java.util.Map;
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
    /** Shorter than what upstreams usually allow, so that a connection is not used as it closes. */
    private static final Duration UPSTREAM_KEEP_ALIVE = Duration.ofSeconds(30);

    private static final int MAX_UPSTREAM_CONNECTIONS = 512;
    private static final int MAX_WAITING_FOR_CONNECTION = 2_048;

    /** Vert.x's way to say any port, but the same for every event loop: a negative number for each listener. */
    private static final int ANY_HTTP_PORT = -1;

    private static final int ANY_HTTPS_PORT = -2;

    private final ProxyConfig config;
    private final ProxyConfiguration configuration;
    private final TrafficCounters counters;
    private final Duration drainTimeout;
    private final String version;
    private final Map<String, Integer> bound;
    private final List<HttpServer> servers = new ArrayList<>();

    /**
     * {@code bound} is told the port of each listener by its configuration key; {@code drainTimeout} is how long a stop
     * waits for requests in flight.
     */
    public ProxyVerticle(
            ProxyConfig config,
            ProxyConfiguration configuration,
            TrafficCounters counters,
            Duration drainTimeout,
            String version,
            Map<String, Integer> bound) {
        this.config = config;
        this.configuration = configuration;
        this.counters = counters;
        this.drainTimeout = drainTimeout;
        this.version = version;
        this.bound = bound;
    }

    @Override
    public Future<?> start() {
        IdleConnections connections = new IdleConnections(vertx, counters);
        ProxyHandler handler = new ProxyHandler(
                configuration,
                new TrustedPeers(config.trustedIps()),
                new UpstreamForwarder(vertx.createHttpClient(clientOptions(), poolOptions())),
                new ErrorResponder(vertx, version));
        List<Future<HttpServer>> listening = new ArrayList<>();
        if (config.http() != null) {
            listening.add(listen(
                    "proxy.http", config.http(), serverOptions(config.http(), ANY_HTTP_PORT), handler, connections));
        }
        if (config.https() != null) {
            listening.add(listen(
                    "proxy.https",
                    config.https(),
                    withTls(serverOptions(config.https(), ANY_HTTPS_PORT)),
                    handler,
                    connections));
        }
        return Future.all(listening);
    }

    private Future<HttpServer> listen(
            String key,
            ListenAddress address,
            HttpServerOptions options,
            ProxyHandler handler,
            IdleConnections connections) {
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(connections::opened)
                .requestHandler(request -> {
                    connections.serve(request);
                    handler.handle(request);
                })
                .invalidRequestHandler(handler::invalid);
        servers.add(server);
        return server.listen()
                .onSuccess(listening -> bound.put(key, listening.actualPort()))
                .recover(failure -> Future.failedFuture(new ListenFailure(key, address, failure)));
    }

    /** Stops accepting, and waits for what is in flight. */
    @Override
    public Future<?> stop() {
        return Future.join(servers.stream()
                .map(server -> server.shutdown(drainTimeout.toMillis(), TimeUnit.MILLISECONDS))
                .toList());
    }

    private static HttpServerOptions serverOptions(ListenAddress address, int anyPort) {
        return new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port() == 0 ? anyPort : address.port())
                .setMaxInitialLineLength(MAX_TARGET_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
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
