package io.gatehouse.proxy;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.connection.StrictHeads;
import io.gatehouse.proxy.client.ClientConnections;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.client.RequestObserver;
import io.gatehouse.proxy.client.UploadBudget;
import io.gatehouse.proxy.forward.UpstreamClients;
import io.gatehouse.proxy.forward.UpstreamForwarder;
import io.gatehouse.proxy.tls.SniKeyManager;
import io.gatehouse.proxy.tunnel.Tunnels;
import io.gatehouse.upstream.UpstreamConnections;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * The proxy role: the listeners of the data plane and a client to the upstreams, one of each per event loop. Deployed as
 * often as {@code proxy.instances} says; the instances share the ports.
 */
public final class ProxyVerticle extends VerticleBase {
    /** docs/reference/limits.md#clients-of-the-proxy. */
    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private static final int MAX_TARGET_BYTES = 8 * 1024;

    private static final int MAX_STREAMS = 100;
    /** Of one connection: room for several streams whose upstream is slow before the others have to wait. */
    private static final int CONNECTION_WINDOW_BYTES = 1024 * 1024;

    /** Bodies of HTTP/2 requests that wait for their upstreams may take this part of the heap, all event loops together. */
    private static final int UPLOAD_HEAP_SHARE = 8;

    private static final UpstreamConnections.Limits UPSTREAM_LIMITS = new UpstreamConnections.Limits(
            UpstreamClients.MAX_CONNECTIONS,
            UpstreamClients.MAX_WAITING,
            UpstreamClients.KEEP_ALIVE,
            MAX_TARGET_BYTES,
            MAX_HEADER_BYTES);

    /** Vert.x's way to say any port, but the same for every event loop: a negative number for each listener. */
    private static final int ANY_HTTP_PORT = -1;

    private static final int ANY_HTTPS_PORT = -2;

    private final ProxyConfig config;
    private final ProxyConfiguration configuration;
    private final Observers observers;
    private final Duration drainTimeout;
    private final String version;
    private final Map<String, Integer> bound;
    private final List<HttpServer> servers = new ArrayList<>();
    private volatile Runnable drain = () -> {};
    private Runnable stopUsing = () -> {};
    private Runnable drainTunnels = () -> {};

    /**
     * {@code bound} is told the port of each listener by its configuration key; {@code drainTimeout} is how long a stop
     * waits for requests in flight.
     */
    public ProxyVerticle(
            ProxyConfig config,
            ProxyConfiguration configuration,
            Observers observers,
            Duration drainTimeout,
            String version,
            Map<String, Integer> bound) {
        this.config = config;
        this.configuration = configuration;
        this.observers = observers;
        this.drainTimeout = drainTimeout;
        this.version = version;
        this.bound = bound;
    }

    @Override
    public Future<?> start() {
        String server = "gatehouse/" + version;
        int loop = observers.meters().addLoop();
        observers.meters().lag(loop).measure(vertx);
        ClientConnections connections = new ClientConnections(
                vertx,
                observers.counters(),
                new RequestObserver(loop, observers.meters(), observers.tracing()),
                config.clients(),
                new UploadBudget(Runtime.getRuntime().maxMemory() / UPLOAD_HEAP_SHARE / config.instances()),
                server);
        Tunnels tunnels = new Tunnels(vertx, config.clients().tunnelIdleTimeout());
        drainTunnels = tunnels::drain;
        drain = () -> context.runOnContext(now -> connections.drain());
        ProxyHandler handler = new ProxyHandler(
                configuration,
                new TrustedPeers(config.trustedIps()),
                new UpstreamForwarder(
                        vertx,
                        new UpstreamClients(vertx, MAX_HEADER_BYTES),
                        new UpstreamConnections(vertx, UPSTREAM_LIMITS),
                        tunnels,
                        config.clients()),
                new ErrorResponder(vertx, observers.outages(), server),
                connections);
        Future<HttpServer> http = config.http() == null
                ? Future.succeededFuture()
                : listen(
                        "proxy.http", config.http(), serverOptions(config.http(), ANY_HTTP_PORT), handler, connections);
        return http.compose(
                listening -> config.https() == null ? http : listenSecurely(config.https(), handler, connections));
    }

    private Future<HttpServer> listenSecurely(
            ListenAddress address, ProxyHandler handler, ClientConnections connections) {
        PemKeyCertOptions fallback = new PemKeyCertOptions()
                .setCertPath(Objects.requireNonNull(config.certificate()).toString())
                .setKeyPath(Objects.requireNonNull(config.certificateKey()).toString());
        return vertx.executeBlocking(() -> keyManager(fallback.getKeyManagerFactory(vertx)))
                .compose(keyManager -> {
                    SniKeyManager byName = new SniKeyManager(keyManager);
                    stopUsing = configuration.useCertificates(byName::use);
                    HttpServerOptions options = serverOptions(address, ANY_HTTPS_PORT)
                            .setSsl(true)
                            .setUseAlpn(true)
                            .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0))
                            .setKeyCertOptions(KeyCertOptions.wrap(byName));
                    return listen("proxy.https", address, options, handler, connections);
                });
    }

    private static X509KeyManager keyManager(KeyManagerFactory factory) {
        for (KeyManager manager : factory.getKeyManagers()) {
            if (manager instanceof X509KeyManager x509) {
                return x509;
            }
        }
        throw new IllegalStateException("a factory of X.509 keys has a manager of them");
    }

    private Future<HttpServer> listen(
            String key,
            ListenAddress address,
            HttpServerOptions options,
            ProxyHandler handler,
            ClientConnections connections) {
        HttpServer server = vertx.createHttpServer(options)
                .connectionHandler(connection -> {
                    StrictHeads.on(connection, options);
                    connections.opened(connection);
                })
                .requestHandler(request -> {
                    Observation observed = connections.serve(request);
                    if (observed != null) {
                        handler.handle(request, observed);
                    }
                })
                .invalidRequestHandler(request -> {
                    Observation observed = connections.serve(request);
                    if (observed != null) {
                        handler.invalid(request, observed);
                    }
                });
        servers.add(server);
        return server.listen()
                .onSuccess(listening -> bound.put(key, listening.actualPort()))
                .recover(failure -> Future.failedFuture(new ListenFailure(key, address, failure)));
    }

    /** Goes on serving, and asks clients to open other connections, elsewhere; any thread may call it. */
    public void drain() {
        drain.run();
    }

    /** Stops accepting, and waits for what is in flight. */
    @Override
    public Future<?> stop() {
        stopUsing.run();
        drainTunnels.run();
        return Future.join(servers.stream()
                .map(server -> server.shutdown(drainTimeout.toMillis(), TimeUnit.MILLISECONDS))
                .toList());
    }

    private HttpServerOptions serverOptions(ListenAddress address, int anyPort) {
        return new HttpServerOptions()
                .setHost(address.host())
                .setPort(address.port() == 0 ? anyPort : address.port())
                // Until a connection is known to IdleConnections, which in clear text is when its first head has come:
                // nothing
                // is written before, so this runs from its beginning, however slowly bytes trickle in.
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setWriteIdleTimeout((int) config.clients().idleTimeout().toMillis())
                .setMaxInitialLineLength(MAX_TARGET_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setHttp2ClearTextEnabled(true)
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS).setMaxHeaderListSize(MAX_HEADER_BYTES))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                // What the two ends agree on is theirs; ours would take part in it, and cost every other request too.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(false)
                // Whoever answers does so on the event loop, and needs no queue to get there.
                .setStrictThreadMode(true);
    }
}
