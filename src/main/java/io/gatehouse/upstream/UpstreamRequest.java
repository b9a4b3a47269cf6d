package io.gatehouse.upstream;

import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.streams.WriteStream;

/**
 * A request on its way to an upstream. The head goes out with the first piece of the body or the end, unless {@link #sendHead}
 * comes before. Belongs to one event loop.
 */
public interface UpstreamRequest extends WriteStream<Buffer> {
    boolean isHttp2();

    /** Before the head is sent. */
    MultiMap headers();

    /** What the Host header says; before any other header. */
    void authority(HostAndPort authority);

    /** The length of the body is not announced. */
    void chunked();

    void sendHead();

    /** {@code go} runs when the upstream asks for the body (100, RFC 9110 §10.1.1). */
    void onContinue(Runnable go);

    /**
     * Completes with the head of the answer; whoever is told it has to {@linkplain UpstreamResponse#read read} the rest
     * before that call returns. Fails with {@link java.io.IOException} or {@link io.vertx.core.http.HttpClosedException} when
     * the connection ended instead, with what was given up for, and with others when the answer makes no sense.
     */
    Future<UpstreamResponse> response();

    /**
     * Ends what the upstream has of the request: in HTTP/2 the stream, in HTTP/1.1 the connection, at once and whatever is not
     * written yet. The cause is what whoever waits for the answer is told. Nothing once the answer has come to its end.
     */
    void giveUp(Throwable cause);

    /** The answer has come, and the rest of the request will not. */
    void cutShort();
}
