package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;
import io.vertx.core.http.HttpServerRequest;
import java.util.function.BooleanSupplier;

/** Watches the body of one request in flight: its pace while a plugin waits for it, and its memory. */
final class AwaitedBody {
    private final HttpServerRequest request;
    private final BooleanSupplier awaited;
    private final Runnable stalled;
    private final Runnable dropped;
    private final ClientPace pace;

    /**
     * @param awaited whether a plugin waits for the body now
     * @param stalled runs if the client is too slow meanwhile
     * @param dropped runs after {@link #drop}
     */
    AwaitedBody(
            HttpServerRequest request,
            BooleanSupplier awaited,
            Runnable stalled,
            Runnable dropped,
            ClientLimits limits) {
        this.request = request;
        this.awaited = awaited;
        this.stalled = stalled;
        this.dropped = dropped;
        this.pace = new ClientPace(limits, System.nanoTime());
    }

    HttpServerRequest request() {
        return request;
    }

    void check(long now) {
        boolean waiting = awaited.getAsBoolean() && !request.isEnded();
        if (pace.isTooSlow(waiting, request.bytesRead(), now)) {
            stalled.run();
        }
    }

    /** Resets the HTTP/2 stream of the request. */
    void drop(long errorCode) {
        request.response().reset(errorCode);
        dropped.run();
    }
}
