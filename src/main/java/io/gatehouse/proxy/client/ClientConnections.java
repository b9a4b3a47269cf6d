package io.gatehouse.proxy.client;

import io.gatehouse.config.ClientLimits;
import io.gatehouse.connection.Draining;
import io.gatehouse.connection.LingeringClose;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Closes client connections on which no request comes, or not the rest of one: an idle timeout of the server's own would
 * also end those that wait for a slow upstream, whose limit is the Service's. One for each event loop, used by it alone.
 */
public final class ClientConnections {
    /** How often the limit is looked at while it lasts. */
    private static final int SWEEPS = 12;

    /** PING and SETTINGS of an HTTP/2 connection from one look to the next; each has to be answered (RFC 9113 §10.5). */
    private static final int MAX_CONTROL_FRAMES = 10_000;

    private static final int ENHANCE_YOUR_CALM = 11;

    private final Map<HttpConnection, State> connections = new HashMap<>();
    private final TrafficCounters counters;
    private final ClientLimits limits;
    private final String server;

    private final RequestObserver observer;
    private final UploadBudget uploads;
    private boolean draining;

    /** One connection. */
    static final class State {
        private final @Nullable PartialHeadDetector head;
        private final @Nullable RequestTrailers trailers;
        private final List<Body> bodies = new ArrayList<>(1);
        /** The request begun last, until its response ends. */
        private @Nullable Observation current;

        private int requests;
        private int controlFrames;
        private boolean closing;
        private long idleSince = System.nanoTime();

        State(@Nullable PartialHeadDetector head, @Nullable RequestTrailers trailers) {
            this.head = head;
            this.trailers = trailers;
        }
    }

    /** Of a request in flight, as far as it has come. */
    static final class Body {
        private final HttpServerRequest request;
        private final BooleanSupplier awaited;
        private final Runnable stalled;
        private final Runnable dropped;
        private final ClientPace pace;

        Body(
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

        void drop(long errorCode) {
            request.response().reset(errorCode);
            dropped.run();
        }
    }

    /** {@code server}: what the gateway calls itself in its responses. */
    public ClientConnections(
            Vertx vertx,
            TrafficCounters counters,
            RequestObserver observer,
            ClientLimits limits,
            UploadBudget uploads,
            String server) {
        this.counters = counters;
        this.observer = observer;
        this.limits = limits;
        this.uploads = uploads;
        this.server = server;
        vertx.setPeriodic(Math.max(1, limits.idleTimeout().dividedBy(SWEEPS).toMillis()), timer -> sweep());
    }

    public void opened(HttpConnection connection) {
        counters.connectionOpened();
        LingeringClose.on(connection);
        PartialHeadDetector head = PartialHeadDetector.on(connection);
        State state = new State(head, head == null ? null : RequestTrailers.on(connection));
        connections.put(connection, state);
        if (draining) {
            Draining.begin(connection);
        }
        if (state.head == null) {
            connection.pingHandler(ping -> controlled(connection, state));
            connection.remoteSettingsHandler(settings -> controlled(connection, state));
            StrictFlowControl.on(connection);
            uploads.watch(connection, state.bodies);
        }
        // Not the connection's own close handler, which is gone when a request makes a WebSocket of it.
        ((ConnectionBase) connection).channel().closeFuture().addListener(closed -> gone(connection, state));
    }

    /** From now on each connection ends with its next response; in HTTP/2, when the listener closes. */
    public void drain() {
        draining = true;
        connections.keySet().forEach(Draining::begin);
    }

    private void gone(HttpConnection connection, State state) {
        counters.connectionClosed();
        connections.remove(connection);
        Observation last = state.current;
        if (last != null && last.request().response().ended()) {
            // A WebSocket, of whose end Vert.x does not tell.
            last.handle(null);
        }
        while (state.requests > 0) {
            uncount(state);
        }
    }

    /**
     * Counts a request until its response has ended, however it ends. Null when an earlier answer on the connection said
     * that it was the last one: what comes after it may be no request at all, but the rest of one nobody could read.
     */
    @Nullable
    public Observation serve(HttpServerRequest request) {
        State state = connections.get(request.connection());
        if (state != null) {
            if (state.closing || isAskedToClose(state)) {
                return null;
            }
            state.requests++;
            if (state.head != null) {
                state.head.settled();
            }
            if (state.trailers != null) {
                state.trailers.first(request);
            }
        }
        counters.requestBegan();
        Observation observation = new Observation(this, state, request);
        if (state != null) {
            state.current = observation;
        }
        request.response().endHandler(observation);
        return observation;
    }

    /** Whether the response before this request ends the connection: Vert.x passes a pipelined request on before it says so. */
    private static boolean isAskedToClose(State state) {
        return state.head != null && state.current != null && closes(state.current.request());
    }

    private static boolean closes(HttpServerRequest request) {
        return request.response().headers().contains("connection", "close", true);
    }

    RequestObserver observer() {
        return observer;
    }

    /** Called once for each, when its response has ended. */
    void ended(Observation observation, @Nullable State state) {
        HttpServerRequest request = observation.request();
        if (state == null) {
            counters.requestEnded();
        } else {
            if (state.requests > 0) {
                uncount(state);
            }
            state.bodies.removeIf(body -> body.request == request);
            if (state.trailers != null) {
                state.trailers.drop(request);
            }
            state.idleSince = System.nanoTime();
            state.closing = closes(request);
            // Vert.x begins a pipelined request before it says that the response before it has ended.
            if (state.current == observation) {
                state.current = null;
            }
            if (state.head != null && request.isEnded()) {
                state.head.settled();
            }
        }
        observer.ended(observation);
    }

    private static void controlled(HttpConnection connection, State state) {
        state.controlFrames++;
        if (state.controlFrames == MAX_CONTROL_FRAMES) {
            connection.goAway(ENHANCE_YOUR_CALM);
            connection.close();
        }
    }

    private void uncount(State state) {
        counters.requestEnded();
        state.requests--;
    }

    /**
     * Runs {@code stalled} when the client does not keep its pace while the body is awaited, until the response has ended.
     * Forwarded bodies {@code Forwarding} watches. Runs {@code dropped} when {@link UploadBudget} has reset the stream.
     */
    public void whenStalled(HttpServerRequest request, BooleanSupplier awaited, Runnable stalled, Runnable dropped) {
        State state = connections.get(request.connection());
        if (state != null) {
            state.bodies.add(new Body(request, awaited, stalled, dropped, limits));
        }
    }

    private void sweep() {
        long now = System.nanoTime();
        // Closing calls the close handler, which takes it out of the map.
        for (Map.Entry<HttpConnection, State> entry : new ArrayList<>(connections.entrySet())) {
            State state = entry.getValue();
            state.controlFrames = 0;
            if (state.requests > 0) {
                List.copyOf(state.bodies).forEach(body -> look(body, now));
            } else if (isOver(state.idleSince, now)) {
                end(entry.getKey(), state.head);
            }
        }
    }

    private static void look(Body body, long now) {
        boolean waiting = body.awaited.getAsBoolean() && !body.request.isEnded();
        if (body.pace.isTooSlow(waiting, body.request.bytesRead(), now)) {
            body.stalled.run();
        }
    }

    private boolean isOver(long since, long now) {
        return now - since > limits.idleTimeout().toNanos();
    }

    private void end(HttpConnection connection, @Nullable PartialHeadDetector head) {
        if (head != null && head.hasBegun()) {
            head.timeout(server);
        } else {
            connection.close();
        }
    }
}
