package io.gatehouse.proxy.exchange;

import io.gatehouse.connection.Expectation;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.syntax.Framing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Collects the body of a request for plugins that read all of it. */
final class WholeBody {
    private final HttpServerRequest request;
    private final Framing framing;
    private @Nullable Buffer content;
    /** The body that a plugin reads; null until a plugin reads it. */
    private @Nullable Future<Buffer> reading;

    WholeBody(HttpServerRequest request, Framing framing) {
        this.request = request;
        this.framing = framing;
    }

    Framing framing() {
        return framing;
    }

    boolean mayFollow() {
        return request.version() == HttpVersion.HTTP_2 ? !request.isEnded() : !framing.isEmpty();
    }

    boolean isRead() {
        return reading != null;
    }

    boolean isIncomplete() {
        return reading != null && !reading.succeeded();
    }

    @Nullable
    Buffer content() {
        return content;
    }

    void replace(Buffer newContent) {
        this.content = newContent;
    }

    Future<Buffer> read(int limit) {
        if (reading != null) {
            return reading;
        }
        if (framing.kind() == Framing.Kind.LENGTH && framing.length() > limit) {
            return Future.failedFuture(new Exchange.BodyTooLarge());
        }
        // A request without a body may have ended already. Its end handler would not run.
        reading = mayFollow() ? collect(limit) : Future.succeededFuture(Buffer.buffer());
        return reading.onSuccess(whole -> content = whole);
    }

    private Future<Buffer> collect(int limit) {
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
        Expectation.meet(request);
        request.resume();
        return whole.future();
    }
}
