package io.gatehouse.proxy.forward;

import io.gatehouse.connection.UnsentBudget;
import io.gatehouse.plugin.BodyTransformation;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.plugin.ProxyException;
import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.proxy.exchange.ReadBodies;
import io.gatehouse.syntax.Framing;
import io.gatehouse.upstream.UpstreamResponse;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;

/**
 * Passes the body of one response through the transformation of plugins, with backpressure.
 *
 * <p>The head is written with the first bytes. If all of them come at the end, it announces their length.
 */
final class TransformedBody implements PassedBody, UpstreamResponse.Reader, ReadBodies.Holder {
    private final ProxyExchange exchange;
    private final UpstreamResponse upstream;
    private final HttpServerResponse response;
    private final BodyTransformation transformation;
    private final Promise<Void> passed = Promise.promise();
    private final BodyWriter writer;
    private final ReadBodies collected;
    private final boolean hasBody;
    private Buffer rest = Buffer.buffer();
    private long left;
    private long bytes;
    private boolean framed;
    /** The memory of what the transformation holds back. */
    private int held;

    /** {@code budget} bounds what the client has not taken, {@code collected} what transformations hold back. */
    TransformedBody(
            ProxyExchange exchange,
            UpstreamResponse upstream,
            BodyTransformation transformation,
            UnsentBudget budget,
            ReadBodies collected) {
        this.exchange = exchange;
        this.upstream = upstream;
        this.response = exchange.request().response();
        this.transformation = transformation;
        this.writer = new BodyWriter(exchange.request(), upstream, budget, passed);
        this.collected = collected;
        this.left = upstream.framing().announcedLength();
        this.hasBody = upstream.framing().kind() != Framing.Kind.NONE;
    }

    /** Drops a body. */
    static final BodyTransformation NOTHING = new BodyTransformation() {
        @Override
        public Buffer data(Buffer piece) {
            return Buffer.buffer();
        }

        @Override
        public Buffer end() {
            return Buffer.buffer();
        }
    };

    /** Signals that a plugin could not transform a response. It does not count against the upstream. */
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Failed(RuntimeException cause) {
            super(cause.getMessage(), cause, false, false);
        }
    }

    /** Frames the body as the upstream did, before {@link #pass}: the transformation changes no byte. */
    void frameAsUpstream() {
        ResponseHeaders.frame(exchange, upstream);
        framed = true;
    }

    @Override
    public Future<Void> pass() {
        Future<Void> whole =
                passed.future().onFailure(failure -> transformation.aborted()).onComplete(done -> release());
        upstream.read(this);
        return whole;
    }

    @Override
    public Future<Void> finish() {
        if (!isHttp10() && upstream.mayHaveTrailers() && !upstream.trailers().isEmpty()) {
            begin();
            Trailers.copy(exchange, upstream, response.trailers());
        }
        boolean endsWithConnection = framed
                ? ResponseHeaders.endsWithConnection(exchange, upstream.framing())
                : response.headWritten() && isHttp10();
        Future<Void> written = rest.length() > 0 ? writer.end(rest) : response.end();
        return endsWithConnection
                ? written.onSuccess(done -> exchange.request().connection().close())
                : written;
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
        if (passed.future().isComplete()) {
            return;
        }
        bytes += data.length();
        left -= data.length();
        if (left < 0) {
            passed.tryFail(new VertxException("more than the announced length", true));
            return;
        }
        try {
            Buffer piece = transformation.data(data);
            if (left == 0 && !upstream.mayHaveTrailers()) {
                // Before the client has the last byte: proxy-cache stores a response that the client may ask for at
                // once.
                rest = Buffer.buffer().appendBuffer(piece).appendBuffer(transformation.end());
                passed.tryComplete();
                return;
            }
            count();
            if (piece.length() > 0 && !passed.future().isComplete()) {
                begin();
                writer.write(piece);
            }
        } catch (RuntimeException e) {
            passed.tryFail(new Failed(e));
        }
    }

    /** Counts what the transformation holds back now, which may drop this response or others. */
    private void count() {
        int before = held;
        held = ReadBodies.memory(transformation.held());
        if (held != before) {
            collected.begin(this);
            collected.add(held - before);
        }
    }

    private void release() {
        collected.remove(this, held);
        held = 0;
    }

    @Override
    public int bytes() {
        return held;
    }

    /** Fails the response: those that are held back are too large together. The upstream is not to blame. */
    @Override
    public void drop() {
        release();
        ProxyException failure = ProxyError.TEMPORARILY_UNAVAILABLE.failure();
        transformation.exceeded(failure);
        passed.tryFail(failure);
    }

    /** Frames a body of unknown length, before its first bytes. */
    private void begin() {
        if (framed || response.headWritten()) {
            return;
        }
        if (isHttp10()) {
            exchange.editResponseHead(headers -> headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE));
        } else {
            response.setChunked(true);
        }
    }

    private boolean isHttp10() {
        return exchange.request().version() == HttpVersion.HTTP_1_0;
    }

    @Override
    public void end() {
        if (passed.future().isComplete()) {
            return;
        }
        if (left > 0 && upstream.framing().kind() == Framing.Kind.LENGTH) {
            passed.tryFail(new VertxException("less than the announced length", true));
            return;
        }
        try {
            if (hasBody || transformation.addsBody()) {
                rest = upstream.mayHaveTrailers()
                        ? transformation.end(Trailers.passable(upstream))
                        : transformation.end();
            }
            passed.tryComplete();
        } catch (RuntimeException e) {
            passed.tryFail(new Failed(e));
        }
    }

    @Override
    public void failed(Throwable failure) {
        passed.tryFail(failure);
    }
}
