package io.gatehouse.proxy.forward;

import io.gatehouse.connection.Resets;
import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.client.ClientLeft;
import io.gatehouse.proxy.client.ClientTooSlow;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * Writes the body of one response to the client, and pauses the upstream while more than {@value #MAX_UNSENT} bytes are not sent.
 *
 * <p><i>Why not the write queue alone</i>: in HTTP/2 it counts pieces, each of which may have 64 KiB.
 */
final class BodyWriter implements UnsentBudget.Holder {
    private static final long MAX_UNSENT = 64 * 1024;
    /** RFC 9113 §7. */
    private static final long ENHANCE_YOUR_CALM = 11;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final UpstreamResponse upstream;
    private final UnsentBudget budget;
    private final Promise<Void> passed;
    private long unsent;
    private boolean held;
    private boolean dropped;
    /** Bytes that a held upstream may still send: the window of its HTTP/2 stream. They count as unsent. */
    private int reserved;
    /** Whether the end of the body returns the reserved bytes. */
    private boolean returnsAtEnd;

    /** A failure to write fails {@code passed}. */
    BodyWriter(HttpServerRequest request, UpstreamResponse upstream, UnsentBudget budget, Promise<Void> passed) {
        this.request = request;
        this.response = request.response();
        this.upstream = upstream;
        this.budget = budget;
        this.passed = passed;
    }

    /** Bytes that are written and have not left the gateway, and those that are reserved. */
    @Override
    public long unsent() {
        return unsent + reserved;
    }

    /** Whether the upstream is paused. */
    boolean isHeld() {
        return held;
    }

    void write(Buffer piece) {
        if (dropped) {
            return;
        }
        int length = piece.length();
        began(length);
        response.write(piece).onComplete(done -> sent(length), gone -> {
            sent(length);
            passed.tryFail(new ClientLeft());
        });
        if (!held && isFull()) {
            hold();
        }
        budget.written(this);
    }

    private void hold() {
        held = true;
        upstream.pause();
        response.drainHandler(drained -> release());
        if (upstream.version() == HttpVersion.HTTP_2 && !passed.future().isComplete()) {
            reserved = UpstreamClients.STREAM_WINDOW_BYTES;
            budget.add(reserved);
            if (!returnsAtEnd) {
                returnsAtEnd = true;
                passed.future().onComplete(ended -> returnReserved());
            }
        }
    }

    private void returnReserved() {
        int bytes = reserved;
        reserved = 0;
        if (bytes > 0 && !dropped) {
            budget.unreserve(this, bytes);
        }
    }

    /** Ends the response with a last piece. Completes when that is sent. */
    Future<Void> end(Buffer piece) {
        if (dropped) {
            return Future.failedFuture(new ClientTooSlow());
        }
        int length = piece.length();
        Future<Void> ended = response.end(piece);
        // Nearly every client takes the bytes at once, so none of them wait.
        if (!ended.isComplete()) {
            began(length);
            ended.onComplete(done -> sent(length));
            budget.written(this);
        }
        return ended;
    }

    private void began(int length) {
        unsent += length;
        budget.add(length);
    }

    private void sent(int length) {
        unsent -= length;
        if (!dropped) {
            budget.sent(this, length);
        }
        release();
    }

    private void release() {
        if (held && !dropped && !response.ended() && !isFull()) {
            held = false;
            returnReserved();
            upstream.resume();
        }
    }

    private boolean isFull() {
        return unsent > MAX_UNSENT || response.writeQueueFull();
    }

    /**
     * Resets the client's stream or HTTP/1 connection: the responses together are too large. Vert.x would not reset an HTTP/1
     * response that has ended, and would let the bytes of another linger.
     */
    @Override
    public void drop() {
        dropped = true;
        if (request.version() == HttpVersion.HTTP_2) {
            Resets.stream(request, ENHANCE_YOUR_CALM);
            passed.tryFail(new ClientTooSlow());
        } else {
            passed.tryFail(new ClientTooSlow());
            Resets.now(request.connection());
        }
    }
}
