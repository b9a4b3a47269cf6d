package io.gatehouse.proxy;

import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** The body of one answer on its way to the client, with backpressure. */
final class ResponseBody implements UpstreamResponse.Reader {
    private final UpstreamResponse upstream;
    private final HttpServerResponse response;
    private final Promise<Void> passed = Promise.promise();

    /** How much is to come, where the upstream said so: the last piece and the end of the answer are one write then. */
    private long left;
    /** Set once the answer has been ended with its last piece. */
    private @Nullable Future<Void> ended;

    private boolean held;

    private long bytes;

    ResponseBody(UpstreamResponse upstream, HttpServerResponse response) {
        this.upstream = upstream;
        this.response = response;
        this.left = upstream.length();
    }

    /**
     * Passes the body; completes when the last of it has been handed to the client's connection. Fails with {@link
     * ClientLeft}, or with what became of the upstream.
     */
    Future<Void> pass() {
        upstream.read(this);
        return passed.future();
    }

    /** Ends the answer with the upstream's trailers; completes when it is written. */
    Future<Void> finish() {
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

    @Override
    public void data(Buffer data) {
        bytes += data.length();
        if (left != UpstreamResponse.UNKNOWN_LENGTH) {
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
            response.drainHandler(drained -> {
                held = false;
                upstream.resume();
            });
        }
    }

    @Override
    public void end() {
        passed.tryComplete();
    }

    @Override
    public void failed(Throwable failure) {
        passed.tryFail(failure);
    }
}
