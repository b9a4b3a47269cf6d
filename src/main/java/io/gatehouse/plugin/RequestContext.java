package io.gatehouse.plugin;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;

/** Returns results to the event loop of a request. */
public final class RequestContext {
    private RequestContext() {}

    /** Returns a future that completes on the event loop of the request that calls, whichever thread completes the result. */
    public static <T> Future<T> here(Vertx vertx, Future<T> result) {
        if (result.isComplete()) {
            return result;
        }
        Context context = vertx.getOrCreateContext();
        Promise<T> promise = Promise.promise();
        result.onComplete(done -> context.runOnContext(ignored -> {
            if (done.succeeded()) {
                promise.complete(done.result());
            } else {
                promise.fail(done.cause());
            }
        }));
        return promise.future();
    }
}
