package io.gatehouse.upstream;

import io.gatehouse.syntax.Framing;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;

/**
 * A request on its way to an upstream: {@link #begin} says how its body is framed, then comes the body. The head goes out with
 * the first piece of the body or the end, unless {@link #sendHead} comes before. Belongs to one event loop.
 *
 * <p><i>Invariant</i>: no body is written before {@link #begin}, and neither more nor fewer bytes than its framing says. A
 * violation aborts the request with {@link FramingException}.
 */
public interface UpstreamRequest extends WriteStream<Buffer> {
    boolean isHttp2();

    /** Sets how the body is framed, in the head too; once, before any of the body. */
    void begin(Framing framing);

    void sendHead();

    /** Ends a chunked body with these trailer fields (RFC 9110 §6.5). */
    Future<Void> end(MultiMap trailers);

    /** Runs {@code go} when the upstream asks for the body (100, RFC 9110 §10.1.1). */
    void onContinue(Runnable go);

    /**
     * Completes with the head of the response; the callback has to {@linkplain UpstreamResponse#read read} the rest before it
     * returns. Fails with {@link java.io.IOException} or {@link io.vertx.core.http.HttpClosedException} when the connection
     * ended instead, with the cause of {@link #abort}, and with others when the response is malformed.
     */
    Future<UpstreamResponse> response();

    /**
     * Ends what the upstream has of the request: in HTTP/2 the stream, in HTTP/1.1 the connection, at once and whatever is not
     * written yet. The response fails with the cause. No effect once the response has come to its end.
     */
    void abort(Throwable cause);

    /** Ends a request whose response has come before the rest of its body. */
    void cutShort();
}
