package io.gatehouse.proxy;

import io.gatehouse.connection.Resets;
import io.gatehouse.connection.UnsentBudget;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;

/**
 * Counts the body of a response that no upstream sends until the client has taken it.
 *
 * <p><i>Why</i>: a stored response may have 1 MiB, of which the socket keeps a copy for each of 16 pipelined requests.
 */
final class OwnBody implements UnsentBudget.Holder {
    /** Smaller ones, such as those of errors, need less than their connection. */
    private static final int SMALL_BYTES = 1024;
    /** RFC 9113 §7. */
    private static final long ENHANCE_YOUR_CALM = 11;

    private final HttpServerRequest request;
    private final UnsentBudget budget;
    private int unsent;
    private boolean dropped;

    private OwnBody(HttpServerRequest request, UnsentBudget budget) {
        this.request = request;
        this.budget = budget;
    }

    /** Ends the response with the body. Completes when it is written. */
    static Future<Void> end(HttpServerRequest request, Buffer body, UnsentBudget budget) {
        Future<Void> written = request.response().end(body);
        if (body.length() > SMALL_BYTES && !written.isComplete()) {
            new OwnBody(request, budget).await(body.length(), written);
        }
        return written;
    }

    private void await(int bytes, Future<Void> written) {
        unsent = bytes;
        budget.add(bytes);
        written.onComplete(done -> {
            unsent = 0;
            if (!dropped) {
                budget.sent(this, bytes);
            }
        });
        budget.written(this);
    }

    @Override
    public long unsent() {
        return unsent;
    }

    /** Resets the client's stream or HTTP/1 connection: the responses together are too large. */
    @Override
    public void drop() {
        dropped = true;
        if (request.version() == HttpVersion.HTTP_2) {
            Resets.stream(request, ENHANCE_YOUR_CALM);
        } else {
            Resets.now(request.connection());
        }
    }
}
