package io.gatehouse.launch.node;

import io.gatehouse.catalog.Secrets;
import io.gatehouse.cluster.Cluster;
import io.gatehouse.cluster.MemberProfile;
import io.gatehouse.config.GatehouseConfig;
import io.gatehouse.config.LaunchException;
import io.gatehouse.config.ListenFailure;
import io.gatehouse.config.Role;
import io.gatehouse.config.Version;
import io.gatehouse.launch.settings.BindFailure;
import io.gatehouse.launch.settings.NodeName;
import io.gatehouse.launch.status.NodeMetrics;
import io.gatehouse.launch.status.Readiness;
import io.gatehouse.launch.status.StatusListener;
import io.gatehouse.store.PostgresWait;
import io.gatehouse.telemetry.OtlpExport;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.metrics.MetricsOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Starts a node: opens its status listener, waits for PostgreSQL if configured, joins the cluster and migrates the database in
 * parallel, and then deploys the roles.
 *
 * <p><i>Invariant</i>: if a part fails, the parts before it are closed.
 */
final class NodeStarter {
    private static final String CLUSTER = "cluster";

    private NodeStarter() {}

    /** Starts a node with the variables of {@code environment}. */
    static Future<Node> start(GatehouseConfig config, Map<String, String> environment) {
        NodeMetrics metrics = new NodeMetrics(config);
        String name = NodeName.of(config.roles(), environment);
        VertxBuilder builder;
        try {
            builder = Vertx.builder()
                    .withTransport(Transports.of(config.transport()))
                    .withMetrics(options -> metrics.ofVertx());
        } catch (LaunchException e) {
            return Future.failedFuture(e);
        }
        Readiness readiness = new Readiness();
        // Before the status listener opens.
        List.of(CLUSTER, Node.CATALOG, Node.LISTENERS).forEach(readiness::require);
        return StatusListener.open(config.status().http(), readiness, metrics.registry())
                .compose(status -> awaitDatabase(config)
                        .compose(database ->
                                join(config, name, environment, builder, metrics, readiness, status, database))
                        .recover(failure -> status.close()
                                .transform((closed, ignored) -> Future.failedFuture(explained(failure)))));
    }

    private static Throwable explained(Throwable failure) {
        return failure instanceof ListenFailure listen
                ? BindFailure.explain(Objects.requireNonNull(listen.getCause()), listen.key(), listen.address())
                : failure;
    }

    /**
     * Waits for a PostgreSQL that is not reachable, if {@code postgres.wait} is set.
     *
     * <p><i>Why</i>: a member without a database serves nothing, and partitions move when it joins and when its wait ends without
     * success. A process that has not joined can end at once.
     */
    private static Future<PostgresWait> awaitDatabase(GatehouseConfig config) {
        Duration limit = config.postgres().startWait();
        PostgresWait wait = PostgresWait.of(config.postgres(), limit);
        return limit.isZero() || !config.usesDatabase()
                ? Future.succeededFuture(wait)
                : future(onThread("gatehouse-database", wait::connect)).map(connected -> wait);
    }

    private static CompletableFuture<Void> onThread(String name, Runnable blocking) {
        return CompletableFuture.runAsync(blocking, work -> new Thread(work, name).start());
    }

    /** Returns a future that fails with what the thread has thrown. */
    private static Future<Void> future(CompletableFuture<Void> work) {
        return Future.fromCompletionStage(work)
                .recover(failure ->
                        Future.failedFuture(failure instanceof CompletionException ? failure.getCause() : failure));
    }

    private static Future<Node> join(
            GatehouseConfig config,
            String name,
            Map<String, String> environment,
            VertxBuilder builder,
            NodeMetrics metrics,
            Readiness readiness,
            StatusListener status,
            PostgresWait database) {
        Readiness.Condition joined = readiness.require(CLUSTER);
        // Joining the cluster and migrating the database do not depend on each other, so they run in parallel.
        CompletableFuture<Void> migrated = config.usesDatabase()
                ? onThread("gatehouse-migrations", database::migrate)
                : CompletableFuture.completedFuture(null);
        Cluster cluster = Cluster.prepare(
                config.cluster(),
                new MemberProfile(name, config.roles(), config.token().sharedCacheSize()));
        return cluster.join(builder, options(config))
                .onSuccess(vertx -> joined.met())
                .compose(vertx -> future(migrated)
                        .compose(ready -> new Node(
                                        config,
                                        name,
                                        vertx,
                                        cluster,
                                        new Secrets(environment::get),
                                        metrics,
                                        readiness,
                                        status,
                                        spans(environment, cluster))
                                .deploy())
                        .recover(failure -> vertx.close()
                                .eventually(() -> Node.leave(cluster))
                                .transform((closed, ignored) -> Future.failedFuture(failure))));
    }

    /**
     * A node with proxies has one event loop for each of them, which its other verticles share.
     *
     * <p><i>Why</i>: a message between two event loops wakes up a thread in each direction. More event loops than processors make every
     * token request of a node that issues its tokens itself pay for that (docs/performance.md).
     */
    private static VertxOptions options(GatehouseConfig config) {
        VertxOptions options = new VertxOptions().setMetricsOptions(new MetricsOptions().setEnabled(true));
        return config.roles().contains(Role.PROXY)
                ? options.setEventLoopPoolSize(config.proxy().instances())
                : options;
    }

    private static @Nullable OtlpExport spans(Map<String, String> environment, Cluster cluster) {
        return OtlpExport.of(environment, cluster.nodeId(), Version.current());
    }
}
