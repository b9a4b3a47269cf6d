package io.gatehouse.proxy.forward;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.syntax.Framing;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Passes the body of one response to the client, with backpressure.
 *
 * <p><i>Invariant</i>: the client gets as many bytes as the head announced, or its connection or stream is reset.
 */
final class ResponseBody implements PassedBody, UpstreamResponse.Reader {
    private final ProxyExchange exchange;
    private final UpstreamResponse upstream;
    private final HttpServerResponse response;
    private final Promise<Void> passed = Promise.promise();
    private final BodyWriter writer;

    /** Remaining announced bytes. The last piece and the end of a response without trailers are one write. */
    private long left;
    /** Set once the response has been ended with its last piece. */
    private @Nullable Future<Void> ended;

    private long bytes;

    ResponseBody(ProxyExchange exchange, UpstreamResponse upstream, UnsentBudget budget) {
        this.exchange = exchange;
        this.upstream = upstream;
        this.response = exchange.request().response();
        this.writer = new BodyWriter(exchange.request(), upstream, budget, passed);
        this.left = upstream.framing().announcedLength();
    }

    @Override
    public Future<Void> pass() {
        upstream.read(this);
        return passed.future();
    }

    /** Ends the response with the upstream's trailers. Completes when it is written. */
    @Override
    public Future<Void> finish() {
        if (ended != null) {
            return ended;
        }
        // Reading the trailers of the response makes Vert.x send some, but gRPC's Trailers-Only response ends with its
        // head.
        if (upstream.mayHaveTrailers() && !upstream.trailers().isEmpty()) {
            Trailers.copy(exchange, upstream, response.trailers());
        }
        Future<Void> written = response.end();
        if (ResponseHeaders.endsWithConnection(exchange, upstream.framing())) {
            return written.onSuccess(done -> exchange.request().connection().close());
        }
        return written;
    }

    @Override
    public long bytesPassed() {
        return bytes;
    }

    @Override
    public boolean isHeld() {
        return writer.isHeld();
    }

    @Override
    public void data(Buffer data) {
        bytes += data.length();
        left -= data.length();
        if (left < 0) {
            passed.tryFail(new VertxException("more than the announced length", true));
            return;
        }
        if (left == 0 && !upstream.mayHaveTrailers()) {
            ended = writer.end(data);
            passed.tryComplete();
            return;
        }
        writer.write(data);
    }

    @Override
    public void end() {
        if (left > 0 && upstream.framing().kind() == Framing.Kind.LENGTH) {
            passed.tryFail(new VertxException("less than the announced length", true));
        } else {
            passed.tryComplete();
        }
    }

    @Override
    public void failed(Throwable failure) {
        passed.tryFail(failure);
    }
}
