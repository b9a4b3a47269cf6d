package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.connection.Http2Backpressure;
import io.gatehouse.connection.StrictHeads;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Records the requests in flight on one client connection, and since when it has been idle.
 *
 * <p><i>Threading</i>: used by the connection's event loop alone.
 */
final class ClientConnection {
    private final TrafficCounters counters;
    private final ClientLimits limits;
    private final @Nullable PartialHeadDetector head;
    private final @Nullable Http2 http2;
    private final @Nullable OpenConnection open;
    private final List<AwaitedBody> bodies;

    /** Null before the first chunked body, and in HTTP/2. */
    private @Nullable RequestTrailers trailers;

    /** The newest request, until its response ends. */
    private @Nullable Observation latest;

    private int requests;

    private boolean closing;
    private long idleSince = System.nanoTime();

    private ClientConnection(
            TrafficCounters counters,
            ClientLimits limits,
            @Nullable PartialHeadDetector head,
            @Nullable Http2 http2,
            @Nullable OpenConnection open,
            List<AwaitedBody> bodies) {
        this.counters = counters;
        this.limits = limits;
        this.head = head;
        this.http2 = http2;
        this.open = open;
        this.bodies = bodies;
    }

    /** The limits of an HTTP/2 connection. */
    private record Http2(
            ControlFrameLimit controlFrames,
            UntakenResponses responses,
            StreamBudget.Share streams,
            UploadBudget.Upload upload) {}

    /** Adds the gateway's handlers to a new connection. */
    static ClientConnection on(
            HttpConnection connection,
            TrafficCounters counters,
            ClientLimits limits,
            UploadBudget uploads,
            StreamBudget streams) {
        OpenConnection open = OpenConnection.of(connection);
        PartialHeadDetector head = PartialHeadDetector.on(connection);
        List<AwaitedBody> bodies = new ArrayList<>(1);
        if (head != null) {
            ClientConnection http1 = new ClientConnection(counters, limits, head, null, open, bodies);
            StrictHeads.beforeChunked(connection, () -> http1.trailers = RequestTrailers.on(connection));
            return http1;
        }
        StrictAuthority.on(connection);
        StrictFlowControl windows = StrictFlowControl.on(connection);
        StreamBudget.Share share = streams.open();
        Http2 http2 = new Http2(
                ControlFrameLimit.on(connection),
                UntakenResponses.on(connection, limits, closed -> share.add(-closed.bytes())),
                share,
                uploads.watch(connection, windows, bodies));
        return new ClientConnection(counters, limits, null, http2, open, bodies);
    }

    /** Returns a record for a request whose connection has closed already. */
    static ClientConnection closed(TrafficCounters counters, ClientLimits limits) {
        return new ClientConnection(counters, limits, null, null, null, new ArrayList<>(1));
    }

    /**
     * Whether an earlier response carried {@code Connection: close}. Later bytes may then be the rest of a malformed request rather
     * than a new one.
     */
    boolean isClosing() {
        // Vert.x passes on a pipelined request before it reports the end of the response before it.
        return closing || (head != null && latest != null && closes(latest.request()));
    }

    /** Whether another request is served. */
    boolean admits() {
        return http2 == null || (http2.streams().admits() && http2.upload().admitsMore());
    }

    private static boolean closes(HttpServerRequest request) {
        return request.response().headers().contains("connection", "close", true);
    }

    void began(Observation observation) {
        if (http2 != null && http2.responses().began(observation)) {
            observation.bytes(StreamBudget.bytes(observation.request()));
            http2.streams().add(observation.bytes());
        }
        if (requests == 0 && open != null) {
            open.busy();
        }
        requests++;
        counters.requestBegan();
        latest = observation;
        if (head != null) {
            head.settled();
        }
        if (trailers != null) {
            trailers.first(observation.request());
        }
    }

    /** Called once for each request, when its response has ended. */
    void ended(Observation observation) {
        HttpServerRequest request = observation.request();
        if (requests > 0) {
            uncount();
        }
        bodies.removeIf(body -> body.request() == request);
        if (http2 != null && request.response().ended()) {
            Http2Backpressure.written(request.connection());
        }
        if (trailers != null) {
            trailers.drop(request);
        }
        idleSince = observation.endNanos();
        // Never unset: the end of an earlier response is reported after that of a pipelined request which got its
        // response at once.
        closing |= closes(request);
        // A pipelined request may have begun before.
        if (latest == observation) {
            latest = null;
        }
        if (head != null && request.isEnded()) {
            head.settled();
        }
    }

    /** The connection has closed, and with it every request on it. */
    void closed() {
        if (http2 != null) {
            http2.streams().close();
        }
        Observation last = latest;
        if (last != null && last.request().response().ended()) {
            // A WebSocket: Vert.x does not report its end.
            last.handle(null);
        }
        while (requests > 0) {
            uncount();
        }
    }

    private void uncount() {
        counters.requestEnded();
        requests--;
        if (requests == 0 && open != null) {
            open.idle();
        }
    }

    void watchBody(HttpServerRequest request, BooleanSupplier awaited, Runnable stalled, Runnable dropped) {
        bodies.add(new AwaitedBody(request, awaited, stalled, dropped, limits));
    }

    /** Checks the bodies that plugins wait for, and the responses that the client does not take. */
    void checkBodies(long now) {
        List.copyOf(bodies).forEach(body -> body.check(now));
        if (http2 != null) {
            http2.controlFrames().reset();
            http2.responses().check(now);
        }
    }

    /**
     * Whether the connection has been idle for too long. One with unsent bytes is not idle: further requests may wait behind them, and the
     * 408 for a partial one would be inside of an earlier response, whose rest waits in Vert.x.
     */
    boolean isExpired(long now) {
        return requests == 0 && now - idleSince > limits.idleTimeout().toNanos() && !hasUnsent();
    }

    /** Whether the client has not taken the last bytes of its responses, long after they ended. */
    boolean isUntaken(long now) {
        return requests == 0 && now - idleSince > UntakenResponses.limitNanos(limits) && hasUnsent();
    }

    private boolean hasUnsent() {
        return open != null && open.hasUnsent();
    }

    /** Returns the detector of an expired connection if it has seen part of a head; null otherwise, and in HTTP/2. */
    @Nullable
    PartialHeadDetector partialHead() {
        return head != null && head.hasBegun() ? head : null;
    }
}
