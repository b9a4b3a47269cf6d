package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sends a request on a stream of an HTTP/2 connection, which Vert.x's client shares between requests. */
public final class Http2Request implements UpstreamRequest {
    /** RFC 9113 §7. */
    private static final long CANCEL = 8;
    /**
     * Bytes of a body that may wait for the upstream's window: as many as for an HTTP/1 connection. Vert.x lets 16 pieces wait, which
     * are 256 KiB for each stream.
     */
    private static final int MAX_UNSENT = 16 * 1024;
    /** What a field needs in the headers, beside its characters. */
    private static final int FIELD_BYTES = 64;
    /** The characters of a head are kept as they are, and as the codec has encoded them. */
    private static final int HEAD_COPIES = 2;

    private final HttpClientRequest request;
    private final BodyMeter meter = new BodyMeter();
    private final Promise<UpstreamResponse> response = Promise.promise();

    /** Set behind the first write. If the connection has ended, that write fails the response before it returns. */
    private boolean begun;
    /** Why the request was aborted; null if it was not. Vert.x reports the reset in its place. */
    private @Nullable Throwable aborted;
    /** Null before the response. */
    private @Nullable Http2Response received;

    private int unsent;
    private @Nullable Handler<@Nullable Void> drained;

    private Http2Request(HttpClientRequest request) {
        this.request = request;
        // The future of the response fails too. Without a handler Vert.x would log an error.
        request.exceptionHandler(failure -> {});
        request.response().onComplete(this::receive, this::failed);
    }

    private void failed(Throwable failure) {
        if (aborted != null) {
            response.tryFail(aborted);
        } else {
            // Before the first write another connection may take the request.
            response.tryFail(begun ? Http2RequestBudget.cause(request.connection(), failure) : failure);
        }
    }

    private void receive(HttpClientResponse head) {
        // Replaced by the one of a reader. Without a handler Vert.x would log an error.
        head.exceptionHandler(failure -> {});
        Http2Response valid;
        try {
            valid = Http2Response.of(head);
        } catch (VertxException malformed) {
            abort(malformed);
            return;
        }
        received = valid;
        response.tryComplete(valid);
    }

    /** Begins the request. Fails if the upstream has selected HTTP/1.1 in the TLS handshake. */
    public static Future<UpstreamRequest> on(HttpClientRequest request, UpstreamHead head) {
        if (request.version() == HttpVersion.HTTP_2) {
            request.authority(head.authority());
            head.copyTo(request.headers());
            return Future.succeededFuture(new Http2Request(request));
        }
        request.exceptionHandler(failure -> {});
        request.reset();
        return Future.failedFuture(new VertxException("the upstream does not support HTTP/2", true));
    }

    @Override
    public boolean isHttp2() {
        return true;
    }

    @Override
    public boolean isBegun() {
        return begun;
    }

    @Override
    public void begin(Framing framing) {
        meter.begin(framing);
        request.headers().remove(HttpHeaders.CONTENT_LENGTH).remove(HttpHeaders.TRANSFER_ENCODING);
        if (framing.kind() == Framing.Kind.LENGTH) {
            request.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(framing.length()));
        } else if (framing.kind() == Framing.Kind.CHUNKED) {
            request.setChunked(true);
        }
    }

    @Override
    public void sendHead() {
        if (!begun) {
            Future<Void> written = request.sendHead();
            begun = true;
            count(true, 0, written);
        }
    }

    @Override
    public Future<Void> write(Buffer data) {
        FramingException excess = meter.piece(data.length());
        if (excess != null) {
            return violated(excess);
        }
        if (meter.keep(data)) {
            return Future.succeededFuture();
        }
        boolean isFirst = !begun;
        Future<Void> written = request.write(data);
        begun = true;
        if (!written.isComplete()) {
            count(isFirst, data.length(), written);
            hold(data.length(), written);
        }
        return written;
    }

    /** Counts bytes of the body, and the head with the first of them, for the budget until they are written. */
    private void count(boolean isFirst, int bytes, Future<Void> written) {
        Http2RequestBudget.Unsent kept = written.isComplete() ? null : Http2RequestBudget.of(request);
        if (kept != null) {
            int all = isFirst ? bytes + headBytes() : bytes;
            kept.add(all);
            written.onComplete(done -> kept.add(-all));
        }
    }

    private int headBytes() {
        int characters = request.getURI().length();
        int fields = 0;
        for (Map.Entry<String, String> field : request.headers()) {
            characters += field.getKey().length() + field.getValue().length();
            fields++;
        }
        return HEAD_COPIES * characters + FIELD_BYTES * fields;
    }

    /** Bytes hold back those that follow until they are written. */
    private void hold(int bytes, Future<Void> written) {
        unsent += bytes;
        written.onComplete(done -> {
            unsent -= bytes;
            // Bytes of a stream that has ended make no room for others.
            if (done.succeeded()) {
                drain();
            }
        });
    }

    private void drain() {
        Handler<@Nullable Void> waiting = drained;
        if (waiting != null && unsent <= MAX_UNSENT / 2 && !request.writeQueueFull()) {
            waiting.handle(null);
        }
    }

    @Override
    public Future<Void> end() {
        FramingException missing = meter.end();
        if (missing != null) {
            return violated(missing);
        }
        Buffer last = meter.last();
        // Vert.x throws if it is asked after the end whether more may be written.
        drained = null;
        boolean isFirst = !begun;
        Future<Void> written = last == null ? request.end() : request.end(last);
        begun = true;
        count(isFirst, last == null ? 0 : last.length(), written);
        return written;
    }

    /** Ends the request without trailer fields: Vert.x does not write those of HTTP/2 requests. */
    @Override
    public Future<Void> end(MultiMap trailers) {
        return end();
    }

    private Future<Void> violated(FramingException violation) {
        abort(violation);
        return Future.failedFuture(violation);
    }

    @Override
    public boolean writeQueueFull() {
        return unsent >= MAX_UNSENT || request.writeQueueFull();
    }

    @Override
    public UpstreamRequest drainHandler(@Nullable Handler<@Nullable Void> handler) {
        drained = handler;
        request.drainHandler(done -> drain());
        return this;
    }

    @Override
    public void onContinue(Runnable handler) {
        request.continueHandler(received -> handler.run());
    }

    @Override
    public Future<UpstreamResponse> response() {
        return response.future();
    }

    /**
     * Fails the response with the cause.
     *
     * <p><i>Why with the head</i>: Vert.x counts a request against the limit of its connection until its stream ends. Without a head it
     * has no stream, and would count for good.
     */
    @Override
    public void abort(Throwable cause) {
        drained = null;
        if (aborted == null) {
            aborted = cause;
        }
        try {
            if (!begun) {
                count(true, 0, request.sendHead());
            }
        } catch (RuntimeException unwritable) {
            // The request fails with the first cause.
        }
        request.reset(CANCEL, cause);
        StalledConnection.watch(request.connection());
        if (!response.tryFail(cause) && received != null) {
            received.fail(cause);
        }
    }

    @Override
    public void cutShort() {
        drained = null;
        request.reset(CANCEL);
        StalledConnection.watch(request.connection());
    }
}
