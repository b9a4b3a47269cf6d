package io.gatehouse.launch.status;

import io.gatehouse.config.ListenAddress;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import org.jspecify.annotations.Nullable;

/**
 * Runs the status listener on a small Vert.x instance of its own.
 *
 * <p><i>Why</i>: the listener serves before the node's Vert.x exists, which waits for the cluster, and after it is closed,
 * while the node leaves the cluster.
 */
public final class StatusListener {
    private final Vertx vertx;
    private final @Nullable StatusVerticle verticle;

    private StatusListener(Vertx vertx, @Nullable StatusVerticle verticle) {
        this.vertx = vertx;
        this.verticle = verticle;
    }

    /** Opens the listener, unless the address is null. */
    public static Future<StatusListener> open(
            @Nullable ListenAddress address, Readiness readiness, PrometheusMeterRegistry metrics) {
        Vertx vertx = Vertx.vertx(
                new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
        if (address == null) {
            return Future.succeededFuture(new StatusListener(vertx, null));
        }
        StatusVerticle verticle = new StatusVerticle(address, readiness, metrics);
        // A promise without a context: what the caller composes must not run on this Vert.x, which closes last.
        Promise<StatusListener> open = Promise.promise();
        vertx.deployVerticle(verticle)
                .onSuccess(deployed -> open.complete(new StatusListener(vertx, verticle)))
                .onFailure(failure -> vertx.close().onComplete(closed -> open.fail(failure)));
        return open.future();
    }

    /** Returns the address of the listener, or null if it is off. */
    @Nullable
    public ListenAddress address() {
        return verticle == null ? null : verticle.actualAddress();
    }

    /** Makes {@code /live} check the event loops of the started node. */
    public void watch(Vertx node) {
        if (verticle != null) {
            verticle.checkLoopsOf(node);
        }
    }

    /** Makes {@code /metrics} offer the format that has exemplars. */
    public void offerExemplars() {
        if (verticle != null) {
            verticle.offerExemplars();
        }
    }

    /** Ends the check of the event loops, before the node closes them. */
    public void unwatch() {
        if (verticle != null) {
            verticle.checkNoLoops();
        }
    }

    public Future<Void> close() {
        return vertx.close();
    }
}
