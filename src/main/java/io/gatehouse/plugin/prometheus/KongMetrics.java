package io.gatehouse.plugin.prometheus;

import io.gatehouse.catalog.Catalog;
import io.gatehouse.catalog.CatalogListener;
import io.gatehouse.entity.Plugin;
import io.gatehouse.plugin.PluginFactory;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot;
import io.prometheus.metrics.model.snapshots.UnknownSnapshot.UnknownDataPointSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds and exports what the {@code prometheus} plugins of this node count (docs/reference/plugins.md#prometheus).
 *
 * <p><i>Invariant</i>: only routes of the configuration are exported. The series of all others are removed {@link #CLEANUP} after a
 * change of it, so their number is bounded by the configuration, by {@link RouteCodes} and, for Consumers, by {@link #MAX_SERIES}.
 *
 * <p><i>Threading</i>: all event loops count. Any thread collects.
 */
public final class KongMetrics implements CatalogListener, MultiCollector {
    private static final Logger LOG = LoggerFactory.getLogger(KongMetrics.class);
    private static final int MAX_SERIES = 10_000;
    /** The routes of a large configuration are not collected with each of its changes. */
    private static final Duration CLEANUP = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final SeriesCounts<RequestLabels> requests = new SeriesCounts<>(MAX_SERIES);
    private final SeriesCounts<ByteLabels> bytes = new SeriesCounts<>(MAX_SERIES);
    private final Map<RouteLabels, RouteLatencies> latencies = new ConcurrentHashMap<>();
    private final Map<RouteLabels, RouteCodes> codes = new ConcurrentHashMap<>();
    private final AtomicBoolean warned = new AtomicBoolean();
    private volatile Scope scope = Scope.NONE;

    /** Whether {@link #removeOthers} is due. */
    private final AtomicBoolean cleaning = new AtomicBoolean();

    /** Holds what the current configuration exports. */
    private static final class Scope {
        private static final Scope NONE = new Scope(List.of(), null);

        private final boolean isEnabled;
        private final boolean upstreamHealth;
        private final @Nullable Catalog catalog;
        private @Nullable Set<RouteLabels> routes;

        Scope(List<Plugin> plugins, @Nullable Catalog catalog) {
            this.isEnabled = !plugins.isEmpty();
            this.upstreamHealth =
                    plugins.stream().anyMatch(plugin -> plugin.config().flag("upstream_health_metrics"));
            this.catalog = catalog;
        }

        /** Returns the routes of the configuration. The first call takes long if it has many. */
        synchronized Set<RouteLabels> routes() {
            if (routes == null) {
                routes = catalog == null ? Set.of() : routes(catalog);
            }
            return routes;
        }

        private static Set<RouteLabels> routes(Catalog catalog) {
            return catalog.routes().stream()
                    .map(route -> RouteLabels.of(
                            route, catalog.service(route.serviceId()).orElse(null)))
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    public KongMetrics(Vertx vertx) {
        this.vertx = vertx;
    }

    public PluginFactory factory() {
        return (plugin, catalog) -> new PrometheusHandler(PrometheusConfig.of(plugin), this);
    }

    /** Whether a plugin of the configuration is enabled. */
    public boolean isEnabled() {
        return scope.isEnabled;
    }

    /** Whether an enabled plugin exports the health of targets. */
    public boolean exportsUpstreamHealth() {
        return scope.upstreamHealth;
    }

    @Override
    public Future<Void> apply(Catalog catalog) {
        List<Plugin> plugins = catalog.plugins().stream()
                .filter(plugin -> plugin.enabled() && plugin.name().equals("prometheus"))
                .toList();
        if (plugins.isEmpty() && !scope.isEnabled) {
            return Future.succeededFuture();
        }
        scope = plugins.isEmpty() ? Scope.NONE : new Scope(plugins, catalog);
        warned.set(false);
        if (plugins.isEmpty()) {
            return vertx.executeBlocking(this::removeOthers, false).mapEmpty();
        }
        if (cleaning.compareAndSet(false, true)) {
            vertx.setTimer(CLEANUP.toMillis(), due -> vertx.executeBlocking(this::removeOthers, false));
        }
        return Future.succeededFuture();
    }

    /** Removes the series of routes that the configuration has not. */
    private @Nullable Void removeOthers() {
        cleaning.set(false);
        Set<RouteLabels> routes = scope.routes();
        requests.retain(routes);
        bytes.retain(routes);
        latencies.keySet().retainAll(routes);
        codes.keySet().retainAll(routes);
        return null;
    }

    void addRequest(RequestLabels labels) {
        warnUnless(requests.add(labels, 1));
    }

    void addBytes(ByteLabels labels, long amount) {
        if (amount > 0) {
            warnUnless(bytes.add(labels, amount));
        }
    }

    RouteCodes codes(RouteLabels route) {
        RouteCodes present = codes.get(route);
        return present == null ? codes.computeIfAbsent(route, missing -> new RouteCodes()) : present;
    }

    RouteLatencies latencies(RouteLabels route) {
        RouteLatencies present = latencies.get(route);
        return present == null ? latencies.computeIfAbsent(route, missing -> new RouteLatencies()) : present;
    }

    /** Logs once for each configuration that requests of some Consumers are counted without the Consumer. */
    private void warnUnless(boolean fits) {
        if (!fits && warned.compareAndSet(false, true)) {
            LOG.warn("prometheus counts further Consumers without their names: {} series", MAX_SERIES);
        }
    }

    @Override
    public MetricSnapshots collect() {
        Scope now = scope;
        if (!now.isEnabled) {
            return new MetricSnapshots();
        }
        return MetricSnapshots.of(
                requests(now.routes()),
                bytes(now.routes()),
                histogram("kong_request_latency_ms", "Duration of requests", now, each -> each.request),
                histogram("kong_kong_latency_ms", "Time that the gateway takes itself", now, each -> each.gateway),
                histogram(
                        "kong_upstream_latency_ms",
                        "Time until the head of the upstream's response",
                        now,
                        each -> each.upstream));
    }

    private CounterSnapshot requests(Set<RouteLabels> routes) {
        CounterSnapshot.Builder family =
                CounterSnapshot.builder().name("kong_http_requests").help("Completed requests");
        requests.forEach(
                routes,
                (labels, count) -> family.dataPoint(CounterDataPointSnapshot.builder()
                        .labels(labels)
                        .value((double) count)
                        .build()));
        return family.build();
    }

    /** Returns a family of unknown type: a counter would get the suffix {@code _total}, which Kong's name does not have. */
    private UnknownSnapshot bytes(Set<RouteLabels> routes) {
        UnknownSnapshot.Builder family =
                UnknownSnapshot.builder().name("kong_bandwidth_bytes").help("Bytes of request and response bodies");
        bytes.forEach(
                routes,
                (labels, count) -> family.dataPoint(UnknownDataPointSnapshot.builder()
                        .labels(labels)
                        .value((double) count)
                        .build()));
        return family.build();
    }

    private HistogramSnapshot histogram(
            String name, String help, Scope now, Function<RouteLatencies, LatencyHistogram> which) {
        HistogramSnapshot.Builder family =
                HistogramSnapshot.builder().name(name).help(help);
        latencies.forEach((route, durations) -> {
            if (now.routes().contains(route)) {
                family.dataPoint(which.apply(durations).read(route.labels()));
            }
        });
        return family.build();
    }
}
