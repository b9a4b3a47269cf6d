package io.gatehouse.proxy.client;

import io.gatehouse.balancer.Balancers;
import io.gatehouse.balancer.SearchList;
import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.Secrets;
import io.gatehouse.config.ClientLimits;
import io.gatehouse.config.ListenAddress;
import io.gatehouse.config.ProxyConfig;
import io.gatehouse.config.PublicAddresses;
import io.gatehouse.config.ResponseConfig;
import io.gatehouse.entity.CatalogSnapshot;
import io.gatehouse.entity.schema.EntitySchemas;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.Outcome;
import io.gatehouse.plugin.PluginHandler;
import io.gatehouse.plugin.transformer.ResponseTransformerHandler;
import io.gatehouse.proxy.Observers;
import io.gatehouse.proxy.OutageLog;
import io.gatehouse.proxy.ProxyConfiguration;
import io.gatehouse.proxy.ProxyVerticle;
import io.gatehouse.proxy.stream.StreamRoutes;
import io.gatehouse.proxy.tls.DefaultCertificate;
import io.gatehouse.proxy.traffic.TrafficMeters;
import io.gatehouse.schema.EntitySchema;
import io.gatehouse.testing.Gatehouse;
import io.gatehouse.testing.Pem;
import io.gatehouse.testing.TestTransport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The proxy role alone, with less patience than the contract has, so that a test need not wait a minute: {@code /api} leads
 * to the upstream, and so does {@code /read}, where a plugin reads the body first, and lets a larger one pass. {@code /edit} leads there
 * with {@code response-transformer}, which removes the member {@code secret}. Calls of gRPC below {@code /grpc.} lead to it too.
 */
public final class ImpatientProxy implements AutoCloseable {
    public static final Duration LIMIT = Duration.ofMillis(500);
    /** Bytes per second. */
    private static final int MIN_RATE = 64 * 1024;

    private static final long PLENTY = Long.MAX_VALUE;
    private static final String READER = "cors";
    private static final String EDITOR = "response-transformer";
    private static final int READ_BYTES = 1024;

    private final Vertx vertx = TestTransport.vertx();
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final TrafficCounters counters = new TrafficCounters();
    /** The plugins that have failed, once for each request. */
    private final List<String> failures = new CopyOnWriteArrayList<>();

    public ImpatientProxy(int upstreamPort) {
        this(upstreamPort, Duration.ofMinutes(10));
    }

    public ImpatientProxy(int upstreamPort, Duration tunnelIdleTimeout) {
        this(upstreamPort, tunnelIdleTimeout, Duration.ZERO);
    }

    public ImpatientProxy(int upstreamPort, Duration tunnelIdleTimeout, Duration drainTimeout) {
        this(upstreamPort, LIMIT, tunnelIdleTimeout, drainTimeout, new ProxyVerticle.Limits(PLENTY, PLENTY));
    }

    /** One with that much patience. */
    static ImpatientProxy withPatience(int upstreamPort, Duration idleTimeout) {
        return new ImpatientProxy(
                upstreamPort,
                idleTimeout,
                Duration.ofMinutes(10),
                Duration.ZERO,
                new ProxyVerticle.Limits(PLENTY, PLENTY));
    }

    /** One with much patience for the ends of responses alone. */
    static ImpatientProxy withSlowReaders(int upstreamPort) {
        Duration patience = Duration.ofMinutes(10);
        return new ImpatientProxy(
                upstreamPort,
                new ClientLimits(LIMIT, MIN_RATE / 64, patience),
                Duration.ZERO,
                new ProxyVerticle.Limits(PLENTY, PLENTY));
    }

    /** A patient one whose clients' connections may need so many bytes of heap. */
    static ImpatientProxy withBudget(int upstreamPort, long bytes) {
        Duration patience = Duration.ofMinutes(10);
        return new ImpatientProxy(
                upstreamPort, patience, patience, Duration.ZERO, new ProxyVerticle.Limits(bytes, PLENTY));
    }

    /** A patient one whose peers may leave so many bytes of WebSockets unread. */
    public static ImpatientProxy withUnsent(int upstreamPort, long bytes) {
        Duration patience = Duration.ofMinutes(10);
        return new ImpatientProxy(
                upstreamPort, patience, patience, Duration.ZERO, new ProxyVerticle.Limits(PLENTY, bytes));
    }

    private ImpatientProxy(
            int upstreamPort,
            Duration idleTimeout,
            Duration tunnelIdleTimeout,
            Duration drainTimeout,
            ProxyVerticle.Limits limits) {
        this(upstreamPort, new ClientLimits(idleTimeout, MIN_RATE, tunnelIdleTimeout), drainTimeout, limits);
    }

    private ImpatientProxy(int upstreamPort, ClientLimits clients, Duration drainTimeout, ProxyVerticle.Limits limits) {
        PluginHandler reader = exchange -> exchange.readBody(READ_BYTES)
                .recover(failure -> failure instanceof Exchange.BodyTooLarge
                        ? Future.succeededFuture(Buffer.buffer())
                        : Future.failedFuture(failure))
                .map(read -> (Outcome) new Outcome.Continue());
        Balancers balancers = new Balancers("here", List.of(), SearchList.NONE);
        Gatehouse.await(vertx.deployVerticle(balancers));
        TrafficMeters meters = new TrafficMeters(1);
        ProxyConfiguration configuration = new ProxyConfiguration(
                vertx,
                Map.of(READER, (plugin, catalog) -> reader, EDITOR, ResponseTransformerHandler.factory()),
                new Secrets(variable -> null),
                balancers,
                meters,
                new StreamRoutes(List.of(), meters.streams()),
                (plugin, failure) -> failures.add(plugin));
        Gatehouse.await(configuration.apply(catalog(upstreamPort)));
        ListenAddress any = new ListenAddress("127.0.0.1", 0);
        ProxyConfig config = new ProxyConfig(
                any,
                any,
                List.of(),
                1,
                List.of(),
                List.of(),
                null,
                null,
                clients,
                PublicAddresses.DEFAULT,
                ResponseConfig.DEFAULT);
        Gatehouse.await(vertx.deployVerticle(new ProxyVerticle(
                config,
                new DefaultCertificate(vertx, Pem.read("rsa.pem"), Pem.read("rsa.key")),
                configuration,
                new Observers(counters, meters, new OutageLog(vertx), null),
                drainTimeout,
                "test",
                ports,
                limits)));
    }

    private static Catalog catalog(int upstreamPort) {
        Map<String, @Nullable Object> service =
                entity(EntitySchemas.SERVICES, Map.of("host", "127.0.0.1", "port", upstreamPort));
        Map<String, @Nullable Object> api = entity(
                EntitySchemas.ROUTES,
                Map.of("paths", List.of("/api"), "service", Map.of("id", String.valueOf(service.get("id")))));
        Map<String, @Nullable Object> read = entity(
                EntitySchemas.ROUTES,
                Map.of("paths", List.of("/read"), "service", Map.of("id", String.valueOf(service.get("id")))));
        Map<String, @Nullable Object> edit = entity(
                EntitySchemas.ROUTES,
                Map.of("paths", List.of("/edit"), "service", Map.of("id", String.valueOf(service.get("id")))));
        Map<String, @Nullable Object> greeter =
                entity(EntitySchemas.SERVICES, Map.of("protocol", "grpc", "host", "127.0.0.1", "port", upstreamPort));
        Map<String, @Nullable Object> calls = entity(
                EntitySchemas.ROUTES,
                Map.of(
                        "paths", List.of("/grpc."),
                        "protocols", List.of("grpc", "grpcs"),
                        "strip_path", false,
                        "service", Map.of("id", String.valueOf(greeter.get("id")))));
        Map<String, @Nullable Object> plugin = entity(
                EntitySchemas.PLUGINS, Map.of("name", READER, "route", Map.of("id", String.valueOf(read.get("id")))));
        Map<String, @Nullable Object> editor = entity(
                EntitySchemas.PLUGINS,
                Map.of(
                        "name",
                        EDITOR,
                        "config",
                        Map.of("remove", Map.of("json", List.of("secret"))),
                        "route",
                        Map.of("id", String.valueOf(edit.get("id")))));
        return Catalog.of(new CatalogSnapshot(
                "epoch",
                0,
                1,
                Map.of(
                        EntitySchemas.SERVICES.name(), List.of(service, greeter),
                        EntitySchemas.ROUTES.name(), List.of(api, read, edit, calls),
                        EntitySchemas.PLUGINS.name(), List.of(plugin, editor)),
                Map.of()));
    }

    /** Returns an entity with the defaults of its schema. */
    public static Map<String, @Nullable Object> entity(EntitySchema schema, Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> complete =
                new LinkedHashMap<>(schema.check(values).values());
        complete.put("id", UUID.randomUUID().toString());
        complete.put("created_at", 1L);
        return complete;
    }

    public int port() {
        return Objects.requireNonNull(ports.get("proxy.http"));
    }

    public int securePort() {
        return Objects.requireNonNull(ports.get("proxy.https"));
    }

    public TrafficCounters counters() {
        return counters;
    }

    public List<String> failures() {
        return failures;
    }

    @Override
    public void close() {
        Gatehouse.await(vertx.close());
    }
}
