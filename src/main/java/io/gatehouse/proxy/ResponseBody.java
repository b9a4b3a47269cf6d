package io.gatehouse.proxy;

import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/** The body of one answer on its way to the client, with backpressure. */
final class ResponseBody implements PassedBody, UpstreamResponse.Reader {
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

    @Override
    public Future<Void> pass() {
        upstream.read(this);
        return passed.future();
    }

    /** Ends the answer with the upstream's trailers; completes when it is written. */
    @Override
    public Future<Void> finish() {
        if (ended != null) {
            return ended;
        }
        upstream.trailers().forEach(response::putTrailer);
        return response.end();
    }

    @Override
    public long bytesPassed() {
        return bytes;
    }

    @Override
    public boolean isHeld() {
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
