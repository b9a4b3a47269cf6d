package io.gatehouse.launch.status;

import io.gatehouse.config.ListenAddress;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import org.jspecify.annotations.Nullable;

/**
 * The status listener, on a small Vert.x of its own: it is there before the node's, which waits for the cluster, and after it,
 * while the cluster is left.
 */
public final class StatusListener {
    private final Vertx vertx;
    private final @Nullable StatusVerticle verticle;

    private StatusListener(Vertx vertx, @Nullable StatusVerticle verticle) {
        this.vertx = vertx;
        this.verticle = verticle;
    }

    /** Listens, unless the address is null. */
    public static Future<StatusListener> open(
            @Nullable ListenAddress address, Readiness readiness, PrometheusMeterRegistry metrics) {
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
        if (address == null) {
            return Future.succeededFuture(new StatusListener(vertx, null));
        }
        StatusVerticle verticle = new StatusVerticle(address, readiness, metrics);
        // What comes of the node is not to be told on this Vert.x, which ends with it.
        Promise<StatusListener> open = Promise.promise();
        vertx.deployVerticle(verticle)
                .onSuccess(deployed -> open.complete(new StatusListener(vertx, verticle)))
                .onFailure(failure -> vertx.close().onComplete(closed -> open.fail(failure)));
        return open.future();
    }

    /** Where it listens; null where it does not. */
    @Nullable
    public ListenAddress address() {
        return verticle == null ? null : verticle.actualAddress();
    }

    /** The node itself is there now. */
    public void watch(Vertx node) {
        if (verticle != null) {
            verticle.proveLifeOf(node);
        }
    }

    /** The node itself goes. */
    public void unwatch() {
        if (verticle != null) {
            verticle.proveNothing();
        }
    }

    public Future<Void> close() {
        return vertx.close();
    }
}
