package io.gatehouse.proxy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The body of one answer on its way to the client, with backpressure. In place of Vert.x's pipe, which takes the end of
 * the upstream's connection for the end of what came over it: while a slow client holds the body up, the end is told first,
 * and what the upstream had sent before is still waiting.
 */
final class ResponseBody {
    private final HttpClientResponse upstream;
    private final HttpServerResponse response;
    private final Promise<Void> passed = Promise.promise();

    /** Whether the client has not taken what it was sent last. */
    private boolean held;
    /** What ended the upstream's connection while the client held the body up. */
    private @Nullable Throwable ending;

    private ResponseBody(HttpClientResponse upstream, HttpServerResponse response) {
        this.upstream = upstream;
        this.response = response;
    }

    /**
     * Passes the body; completes when the last of it has been handed to the client's connection. Fails with {@link
     * ClientLeft}, or with what became of the upstream.
     */
    static Future<Void> pass(HttpClientResponse upstream, HttpServerResponse response) {
        ResponseBody body = new ResponseBody(upstream, response);
        upstream.handler(body::write);
        upstream.exceptionHandler(body::fail);
        upstream.endHandler(end -> body.passed.tryComplete());
        return body.passed.future();
    }

    private void write(Buffer data) {
        response.write(data).onFailure(gone -> passed.tryFail(new ClientLeft()));
        if (response.writeQueueFull()) {
            held = true;
            upstream.pause();
            response.drainHandler(drained -> goOn());
        }
    }

    private void goOn() {
        held = false;
        upstream.resume();
        if (ending != null) {
            failUnlessMoreComes(ending);
        }
    }

    private void fail(Throwable failure) {
        if (held && failure instanceof TimeoutException) {
            // It was the client that took nothing for so long.
            passed.tryFail(new ClientLeft());
        } else {
            ending = failure;
            failUnlessMoreComes(failure);
        }
    }

    /** What is waiting comes in the turn of the event loop that a resumed stream has asked for, which is before this one. */
    private void failUnlessMoreComes(Throwable failure) {
        Vertx.currentContext().runOnContext(then -> {
            if (!held) {
                passed.tryFail(failure);
            }
        });
    }
}
