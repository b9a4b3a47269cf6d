package io.gatehouse.proxy.exchange;

import io.gatehouse.plugin.Exchange;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Collects the body of a request for a plugin that reads all of it. */
final class WholeBody {
    private WholeBody() {}

    /** Completes with the whole body; fails with {@link Exchange.BodyTooLarge} if it has more than {@code limit} bytes. */
    static Future<Buffer> collect(HttpServerRequest request, int limit) {
        Buffer into = Buffer.buffer();
        Promise<Buffer> whole = Promise.promise();
        request.handler(chunk -> {
            if (into.length() + chunk.length() > limit) {
                request.handler(null);
                whole.tryFail(new Exchange.BodyTooLarge());
            } else {
                into.appendBuffer(chunk);
            }
        });
        request.exceptionHandler(whole::tryFail);
        request.endHandler(end -> whole.tryComplete(into));
        request.resume();
        return whole.future();
    }
}
