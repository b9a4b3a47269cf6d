package io.gatehouse.proxy;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The body of one answer on its way to the client, with backpressure. In place of Vert.x's pipe, which takes the end of
 * the upstream's connection for the end of what came over it: while a slow client holds the body up, the end is told first,
 * and what the upstream had sent before is still waiting.
 */
final class ResponseBody {
    private static final long UNKNOWN = -1;

    private final HttpClientResponse upstream;
    private final HttpServerResponse response;
    private final Promise<Void> passed = Promise.promise();

    /** How much is to come, where the upstream said so: the last piece and the end of the answer are one write then. */
    private long left;
    /** Set once the answer has been ended with its last piece. */
    private @Nullable Future<Void> ended;

    private boolean held;

    private long bytes;
    /** What ended the upstream's connection while the client held the body up. */
    private @Nullable Throwable ending;

    ResponseBody(HttpClientResponse upstream, HttpServerResponse response) {
        this.upstream = upstream;
        this.response = response;
        // HTTP/2's may have trailers after a body of known length.
        String length = upstream.version() == HttpVersion.HTTP_2 ? null : upstream.getHeader("content-length");
        this.left = length == null ? UNKNOWN : Long.parseLong(length);
    }

    /**
     * Passes the body; completes when the last of it has been handed to the client's connection. Fails with {@link
     * ClientLeft}, or with what became of the upstream.
     */
    Future<Void> pass() {
        upstream.handler(this::write);
        upstream.exceptionHandler(this::fail);
        upstream.endHandler(end -> passed.tryComplete());
        return passed.future();
    }

    /** Ends the answer with the upstream's trailers; completes when it is written. */
    Future<Void> end() {
        if (ended != null) {
            return ended;
        }
        upstream.trailers().forEach(response::putTrailer);
        return response.end();
    }

    /** How many bytes came so far. */
    long bytesPassed() {
        return bytes;
    }

    /** Whether the client has not taken what it was sent last, so that nothing more is asked for. */
    boolean isHeld() {
        return held;
    }

    private void write(Buffer data) {
        bytes += data.length();
        if (left != UNKNOWN) {
            left -= data.length();
        }
        if (left == 0) {
            ended = response.end(data);
            passed.tryComplete();
            return;
        }
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
        ending = failure;
        failUnlessMoreComes(failure);
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
