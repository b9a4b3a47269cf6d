package io.gatehouse.proxy;

import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ListenFailure;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.connection.Arrivals;
import io.gatehouse.connection.StrictHeads;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.client.ClientConnections;
import io.gatehouse.proxy.client.ConnectionBudget;
import io.gatehouse.proxy.client.Observation;
import io.gatehouse.proxy.client.RequestObserver;
import io.gatehouse.proxy.client.RequestRemainder;
import io.gatehouse.proxy.client.StreamBudget;
import io.gatehouse.proxy.client.UploadBudget;
import io.gatehouse.proxy.exchange.Peers;
import io.gatehouse.proxy.exchange.ReadBodies;
import io.gatehouse.proxy.forward.UpstreamClients;
import io.gatehouse.proxy.forward.UpstreamForwarder;
import io.gatehouse.proxy.forward.Upstreams;
import io.gatehouse.proxy.head.OwnFields;
import io.gatehouse.proxy.tls.DefaultCertificate;
import io.gatehouse.proxy.tls.SniKeyManager;
import io.gatehouse.proxy.traffic.ExcessLog;
import io.gatehouse.proxy.tunnel.Tunnels;
import io.gatehouse.upstream.Http2RequestBudget;
import io.gatehouse.upstream.UpstreamConnections;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.KeyCertOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Serves the proxy role on one event loop: the listeners of the data plane and the connections to upstreams.
 *
 * <p>{@code proxy.instances} of them are deployed, and share the ports.
 */
public final class ProxyVerticle extends VerticleBase {
    /** docs/reference/limits.md#clients-of-the-proxy. */
    private static final int MAX_HEADER_BYTES = 32 * 1024;

    private static final int MAX_TARGET_BYTES = 8 * 1024;

    private static final int MAX_STREAMS = 100;
    /** Of one HTTP/2 connection. Several streams with a slow upstream fill it before they hold back the others. */
    private static final int CONNECTION_WINDOW_BYTES = 1024 * 1024;

    private static final UpstreamConnections.Limits UPSTREAM_LIMITS = new UpstreamConnections.Limits(
            UpstreamClients.MAX_CONNECTIONS,
            UpstreamClients.MAX_WAITING,
            UpstreamClients.KEEP_ALIVE,
            MAX_TARGET_BYTES,
            MAX_HEADER_BYTES);

    /** A negative port makes Vert.x choose one port for all event loops; each listener needs a number of its own. */
    private static final int ANY_HTTP_PORT = -1;

    private static final int ANY_HTTPS_PORT = -2;

    private static final int KIB = 1024;

    private final ProxyConfig config;
    private final @Nullable DefaultCertificate certificate;
    private final ProxyConfiguration configuration;
    private final Observers observers;
    private final Duration drainTimeout;
    private final String version;
    private final Map<String, Integer> bound;
    private final ConnectionBudget clients;
    private final Limits limits;
    private final List<HttpServer> servers = new ArrayList<>();
    private volatile Runnable drain = () -> {};
    private Runnable stopUsing = () -> {};
    private Runnable drainTunnels = () -> {};

    /**
     * Limits the memory of one event loop, in bytes.
     *
     * @param connections limits the client connections
     * @param bodies limits each: request bodies, what peers have not taken, HTTP/2 streams, and requests to HTTP/2 upstreams; response
     *     bodies that plugins read have half of it
     */
    public record Limits(long connections, long bodies) {
        private static final int CONNECTION_HEAP_SHARE = 4;
        private static final int BODY_HEAP_SHARE = 8;
        /** What a node needs itself: 29 MB without a request and a large configuration. */
        private static final long OWN_BYTES = 40L * 1024 * 1024;

        /** Returns the limits of each of so many event loops. */
        static Limits of(int instances) {
            long all = Runtime.getRuntime().maxMemory();
            long heap = Math.max(all - OWN_BYTES, all / 2);
            return new Limits(heap / CONNECTION_HEAP_SHARE / instances, heap / BODY_HEAP_SHARE / instances);
        }
    }

    /**
     * Creates one instance.
     *
     * @param certificate of the TLS listener; null if there is none
     * @param drainTimeout how long a stop waits for requests in flight
     * @param bound receives the port of each listener, by configuration key
     */
    public ProxyVerticle(
            ProxyConfig config,
            @Nullable DefaultCertificate certificate,
            ProxyConfiguration configuration,
            Observers observers,
            Duration drainTimeout,
            String version,
            Map<String, Integer> bound) {
        this(
                config,
                certificate,
                configuration,
                observers,
                drainTimeout,
                version,
                bound,
                Limits.of(config.instances()));
    }

    /** Creates one instance with limits of its own. */
    public ProxyVerticle(
            ProxyConfig config,
            @Nullable DefaultCertificate certificate,
            ProxyConfiguration configuration,
            Observers observers,
            Duration drainTimeout,
            String version,
            Map<String, Integer> bound,
            Limits limits) {
        this.config = config;
        this.certificate = certificate;
        this.configuration = configuration;
        this.observers = observers;
        this.drainTimeout = drainTimeout;
        this.version = version;
        this.bound = bound;
        this.clients = new ConnectionBudget(limits.connections());
        this.limits = limits;
    }

    @Override
    public Future<?> start() {
        Arrivals.pass(clients);
        OwnFields fields = new OwnFields("gatehouse/" + version, config.responses());
        long maxBodies = limits.bodies();
        UnsentBudget unsent = new UnsentBudget(
                maxBodies,
                new ExcessLog(
                                LoggerFactory.getLogger(UnsentBudget.class),
                                "Peers do not read; reset: responses and WebSockets={} limit=" + maxBodies / KIB
                                        + " KiB")::dropped);
        Http2RequestBudget requests = new Http2RequestBudget(
                maxBodies,
                new ExcessLog(
                                LoggerFactory.getLogger(Http2RequestBudget.class),
                                "HTTP/2 upstreams do not read; closed: connections={} limit=" + maxBodies / KIB
                                        + " KiB")::dropped);
        int loop = observers.meters().addLoop();
        observers.meters().lag(loop).measure(vertx);
        ClientConnections connections = new ClientConnections(
                vertx,
                observers.counters(),
                new RequestObserver(loop, observers.meters(), observers.tracing()),
                config.clients(),
                new UploadBudget(maxBodies),
                new StreamBudget(maxBodies),
                fields);
        Tunnels tunnels = new Tunnels(vertx, config.clients().tunnelIdleTimeout(), unsent);
        drainTunnels = tunnels::drain;
        drain = () -> context.runOnContext(now -> connections.drain());
        RequestRemainder remainder = new RequestRemainder(vertx);
        ProxyHandler handler = new ProxyHandler(
                configuration,
                new Peers(config.trustedIps(), config.addresses()),
                new ReadBodies(maxBodies, "Request bodies"),
                new UpstreamForwarder(
                        vertx,
                        new Upstreams(
                                new UpstreamClients(vertx, MAX_HEADER_BYTES, requests),
                                new UpstreamConnections(vertx, UPSTREAM_LIMITS)),
                        tunnels,
                        remainder,
                        config.clients(),
                        config.responses().fields(),
                        unsent,
                        new ReadBodies(maxBodies / 2, "Response bodies")),
                new ErrorResponder(remainder, observers.outages(), fields, unsent),
                config.responses().debug());
        Future<HttpServer> http = config.http() == null
                ? Future.succeededFuture()
                : listen(
                        "proxy.http", config.http(), serverOptions(config.http(), ANY_HTTP_PORT), handler, connections);
        return http.compose(
                listening -> config.https() == null ? http : listenSecurely(config.https(), handler, connections));
    }

    private Future<HttpServer> listenSecurely(
            ListenAddress address, ProxyHandler handler, ClientConnections connections) {
        SniKeyManager byName = new SniKeyManager(Objects.requireNonNull(certificate, "no certificate"));
        stopUsing = configuration.useCertificates(byName::use);
        HttpServerOptions options = serverOptions(address, ANY_HTTPS_PORT)
                .setSsl(true)
                .setUseAlpn(true)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1, HttpVersion.HTTP_1_0))
                .setKeyCertOptions(KeyCertOptions.wrap(byName));
        return listen("proxy.https", address, options, handler, connections);
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
                        handler.handle(observed);
                    }
                })
                .invalidRequestHandler(request -> {
                    Observation observed = connections.serve(request);
                    if (observed != null) {
                        handler.invalid(observed);
                    }
                });
        servers.add(server);
        return server.listen()
                .onSuccess(listening -> bound.put(key, listening.actualPort()))
                .recover(failure -> Future.failedFuture(new ListenFailure(key, address, failure)));
    }

    /** Continues to serve, and asks clients to open connections to other nodes. Any thread may call it. */
    public void drain() {
        drain.run();
    }

    /** Stops accepting connections, and waits for the requests in flight. */
    @Override
    public Future<?> stop() {
        Arrivals.remove(clients);
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
                // Applies until ClientConnections registers the connection, in clear text with its first head.
                // Nothing is written before, so bytes that arrive slowly do not extend it.
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setWriteIdleTimeout((int) Math.min(
                        Integer.MAX_VALUE, config.clients().idleTimeout().toMillis()))
                .setMaxInitialLineLength(MAX_TARGET_BYTES)
                .setMaxHeaderSize(MAX_HEADER_BYTES)
                .setHttp2ClearTextEnabled(true)
                .setInitialSettings(
                        new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS).setMaxHeaderListSize(MAX_HEADER_BYTES))
                .setHttp2ConnectionWindowSize(CONNECTION_WINDOW_BYTES)
                // Client and upstream negotiate compression. Vert.x's would take part in that, and cost every request.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setHandle100ContinueAutomatically(false)
                // Every response is written on the event loop, and needs no queue.
                .setStrictThreadMode(true);
    }
}
