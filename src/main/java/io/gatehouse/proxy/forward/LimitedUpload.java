package io.gatehouse.proxy.forward;

import io.gatehouse.proxy.exchange.ProxyExchange;
import io.gatehouse.upstream.UpstreamRequest;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/** Passes the body of a request on, and fails when it is larger than a plugin allows. */
final class LimitedUpload implements WriteStream<Buffer> {
    private final UpstreamRequest upstream;
    private final ProxyExchange exchange;

    LimitedUpload(UpstreamRequest upstream, ProxyExchange exchange) {
        this.upstream = upstream;
        this.exchange = exchange;
    }

    @Override
    public Future<Void> write(Buffer data) {
        if (exchange.request().bytesRead() <= exchange.bodyLimit()) {
            return upstream.write(data);
        }
        upstream.abort(exchange.bodyLimitFailure());
        return Future.failedFuture(exchange.bodyLimitFailure());
    }

    @Override
    public Future<Void> end() {
        return upstream.end();
    }

    @Override
    public boolean writeQueueFull() {
        return upstream.writeQueueFull();
    }

    @Override
    public WriteStream<Buffer> drainHandler(@Nullable Handler<Void> handler) {
        upstream.drainHandler(handler);
        return this;
    }

    @Override
    public WriteStream<Buffer> setWriteQueueMaxSize(int size) {
        return this;
    }

    @Override
    public WriteStream<Buffer> exceptionHandler(@Nullable Handler<Throwable> handler) {
        return this;
    }
}
