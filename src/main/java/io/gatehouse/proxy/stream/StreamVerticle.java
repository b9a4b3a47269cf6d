package io.gatehouse.proxy.stream;

import io.gatehouse.config.ListenFailure;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.StreamListener;
import io.gatehouse.proxy.client.TrafficCounters;
import io.gatehouse.proxy.tls.DefaultCertificate;
import io.gatehouse.proxy.tls.ServerCertificates;
import io.gatehouse.proxy.tls.SniKeyManager;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves the listeners of {@code proxy.stream} on one event loop (docs/reference/proxy.md#connections).
 *
 * <p>{@code proxy.instances} of them are deployed, and share the ports.
 */
public final class StreamVerticle extends VerticleBase {
    public static final String KEY = "proxy.stream";

    /** A negative port makes Vert.x choose one port for all event loops. The first numbers are those of the HTTP listeners. */
    private static final int ANY_PORT = -16;

    /** Longer than a lingering close takes. */
    private static final Duration CLOSING = Duration.ofSeconds(3);

    private final ProxyConfig config;
    private final @Nullable DefaultCertificate certificate;
    private final StreamRoutes routes;
    private final Function<Consumer<ServerCertificates>, Runnable> certificates;
    private final TrafficCounters traffic;
    private final Duration drainTimeout;
    private final Map<String, Integer> bound;
    private final List<NetServer> servers = new ArrayList<>();
    private Runnable stopUsing = () -> {};
    private @Nullable StreamConnections connections;

    /**
     * Creates one instance.
     *
     * @param certificate of the TLS listeners; null if there is none
     * @param certificates passes a consumer the certificates by server name, now and after each change; returns how to end this
     * @param drainTimeout how long a stop waits for open connections
     * @param bound receives the port of each listener: {@code proxy.stream.0} and so on
     */
    public StreamVerticle(
            ProxyConfig config,
            @Nullable DefaultCertificate certificate,
            StreamRoutes routes,
            Function<Consumer<ServerCertificates>, Runnable> certificates,
            TrafficCounters traffic,
            Duration drainTimeout,
            Map<String, Integer> bound) {
        this.config = config;
        this.certificate = certificate;
        this.routes = routes;
        this.certificates = certificates;
        this.traffic = traffic;
        this.drainTimeout = drainTimeout;
        this.bound = bound;
    }

    @Override
    public Future<?> start() {
        return tls().compose(tls -> {
            StreamConnections registry = new StreamConnections(
                    vertx,
                    routes,
                    traffic,
                    config.addresses().ports(),
                    StreamConnections.Limits.of(config.instances()),
                    tls);
            connections = registry;
            Future<?> listening = Future.succeededFuture();
            for (int i = 0; i < config.streams().size(); i++) {
                int number = i;
                listening = listening.compose(before -> listen(number, registry));
            }
            return listening;
        });
    }

    /** Returns the context of server-side TLS; null if no listener has TLS. One context serves all names. */
    private Future<@Nullable SslContext> tls() {
        if (config.streams().stream().noneMatch(StreamListener::isTls)) {
            return Future.succeededFuture();
        }
        SniKeyManager byName = new SniKeyManager(Objects.requireNonNull(certificate, "no certificate"));
        stopUsing = certificates.apply(byName::use);
        return vertx.executeBlocking(() -> SslContextBuilder.forServer(byName)
                .sslProvider(SslProvider.JDK)
                .protocols("TLSv1.3", "TLSv1.2")
                .build());
    }

    private Future<NetServer> listen(int number, StreamConnections registry) {
        StreamListener listener = config.streams().get(number);
        int port = listener.address().port();
        NetServer server = vertx.createNetServer(new NetServerOptions()
                        .setHost(listener.address().host())
                        .setPort(port == 0 ? ANY_PORT - number : port))
                .connectHandler(socket -> registry.accept(socket, listener.isTls()));
        servers.add(server);
        return server.listen()
                .onSuccess(listening -> bound.put(KEY + "." + number, listening.actualPort()))
                .recover(failure -> Future.failedFuture(new ListenFailure(KEY, listener.address(), failure)));
    }

    /** Stops accepting connections, and closes those that are still open after {@code drain-timeout}. */
    @Override
    public Future<?> stop() {
        stopUsing.run();
        StreamConnections registry = connections;
        if (registry != null) {
            if (drainTimeout.isZero()) {
                registry.closeAll();
            } else {
                vertx.setTimer(drainTimeout.toMillis(), timer -> registry.closeAll());
            }
        }
        long limit = drainTimeout.plus(CLOSING).toMillis();
        return Future.join(servers.stream()
                .map(server -> server.shutdown(limit, TimeUnit.MILLISECONDS))
                .toList());
    }
}
