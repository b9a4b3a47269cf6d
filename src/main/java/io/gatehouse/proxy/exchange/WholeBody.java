package io.gatehouse.proxy.exchange;

import io.gatehouse.connection.Expectation;
import io.gatehouse.connection.FairReads;
import io.gatehouse.plugin.Exchange;
import io.gatehouse.plugin.ProxyError;
import io.gatehouse.syntax.Framing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** Collects the body of a request for plugins that read all of it. */
final class WholeBody implements ReadBodies.Holder {
    private final HttpServerRequest request;
    private final Framing framing;
    private @Nullable Buffer content;
    /** The body that a plugin reads; null until a plugin reads it. */
    private @Nullable Future<Buffer> reading;
    /** What has arrived of it; null before and after. */
    private @Nullable Collected collected;

    private @Nullable ReadBodies budget;
    /** Whether the response has ended: nothing would free what is collected from now on. */
    private boolean over;

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
        if (over) {
            reading = Future.failedFuture(ProxyError.BAD_REQUEST.failure());
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
        Collected into = new Collected(limit);
        collected = into;
        if (budget != null) {
            budget.begin(this);
        }
        request.handler(into::add);
        request.exceptionHandler(broken -> into.whole.tryFail(ProxyError.BAD_REQUEST.causedBy(broken)));
        request.endHandler(end -> into.complete());
        Expectation.meet(request);
        FairReads.hold(request, false);
        request.resume();
        return into.whole.future();
    }

    /** Sets the budget of the event loop, before a plugin reads the body. */
    void within(ReadBodies newBudget) {
        this.budget = newBudget;
    }

    /** Returns the memory of what has been collected. */
    @Override
    public int bytes() {
        return collected == null ? 0 : collected.memory();
    }

    /** Fails the request, and frees what has been collected. */
    @Override
    public void drop() {
        if (collected != null) {
            request.handler(null);
            Promise<Buffer> failed = collected.whole;
            release();
            failed.tryFail(ProxyError.TEMPORARILY_UNAVAILABLE.failure());
        }
    }

    /** Frees what has been collected: the response has ended. A plugin may still be about to read the body. */
    void end() {
        over = true;
        release();
    }

    private void release() {
        Collected held = collected;
        if (held != null) {
            collected = null;
            if (budget != null) {
                budget.remove(this, held.memory());
            }
        }
    }

    /** The bytes of a body. */
    private final class Collected {
        private final int limit;
        private final Buffer bytes = Buffer.buffer();
        private final Promise<Buffer> whole = Promise.promise();

        Collected(int limit) {
            this.limit = limit;
        }

        void add(Buffer chunk) {
            if (bytes.length() + chunk.length() > limit) {
                request.handler(null);
                whole.tryFail(new Exchange.BodyTooLarge());
            } else if (collected == this) {
                int before = memory();
                bytes.appendBuffer(chunk);
                if (budget != null) {
                    budget.add(memory() - before);
                }
            }
        }

        int memory() {
            return ReadBodies.memory(bytes.length());
        }

        void complete() {
            if (budget != null) {
                budget.complete(WholeBody.this);
            }
            whole.tryComplete(bytes);
        }
    }
}
