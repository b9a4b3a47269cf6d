package io.gatehouse.plugin;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;

/** Collects the body of a request for a plugin that needs the whole of it. */
final class WholeBody {
    private WholeBody() {}

    /** Completes with the whole body; fails with {@link Exchange.BodyTooLarge} beyond so many bytes. */
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
