package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request to an upstream: first {@link #begin}, which frames the body, then the body. The head is sent with the first piece
 * of the body or with the end, or earlier by {@link #sendHead}.
 *
 * <p><i>Invariant</i>: no body is written before {@link #begin}, and neither more nor fewer bytes than its framing announces. A
 * violation aborts the request with {@link FramingException}.
 *
 * <p><i>Threading</i>: used by one event loop alone.
 */
public interface UpstreamRequest extends WriteStream<Buffer> {
    /** Whether the upstream is called in HTTP/2. */
    boolean isHttp2();

    /** Whether a part of the request has been written. Otherwise the upstream has received nothing of it. */
    boolean isBegun();

    /** Sets the framing of the body, and its headers. Must be called once, before any of the body. */
    void begin(Framing framing);

    /** Sends the head at once, unless it is sent already. */
    void sendHead();

    /** Ends a chunked body with these trailer fields (RFC 9110 §6.5). */
    Future<Void> end(MultiMap trailers);

    /** Runs {@code handler} when the upstream sends 100 (RFC 9110 §10.1.1). */
    void onContinue(Runnable handler);

    /**
     * Completes with the head of the response. The callback has to {@linkplain UpstreamResponse#read read} the rest before it
     * returns. Fails with {@link java.io.IOException} or {@link io.vertx.core.http.HttpClosedException} if the connection ends,
     * with the cause of {@link #abort}, and with other exceptions if the response is malformed.
     */
    Future<UpstreamResponse> response();

    /**
     * Resets the stream in HTTP/2 and closes the connection in HTTP/1.1, at once and without flushing it. The response fails with
     * the cause. Has no effect after the end of the response.
     */
    void abort(Throwable cause);

    /** Ends a request whose response has ended before its own body. */
    void cutShort();

    /** Has no effect: a failure of the request fails {@link #response}. */
    @Override
    default UpstreamRequest exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }

    /** Has no effect: the connection bounds the bytes that wait to be written. */
    @Override
    default UpstreamRequest setWriteQueueMaxSize(int size) {
        return this;
    }
}
