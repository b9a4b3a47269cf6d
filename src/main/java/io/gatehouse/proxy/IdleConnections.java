package io.gatehouse.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Closes client connections on which no request comes: an idle timeout of the server's own would also end those that wait
 * for a slow upstream, whose limit is the Service's. One for each event loop, used by it alone.
 */
final class IdleConnections {
    /** Contract/proxy.md §3: so long may a client take for the head of a request. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final Duration SWEEP = Duration.ofSeconds(5);

    private final Map<HttpConnection, State> connections = new HashMap<>();
    private final TrafficCounters counters;

    private final RequestObserver observer;

    /** One connection. */
    static final class State {
        private int requests;
        private boolean closing;
        private long idleSince = System.nanoTime();
        /** The request begun last, until its response ends. */
        private @Nullable Observation current;

        private void ended(HttpServerRequest request) {
            requests--;
            idleSince = System.nanoTime();
            closing = request.response().headers().contains("connection", "close", true);
        }
    }

    IdleConnections(Vertx vertx, TrafficCounters counters, RequestObserver observer) {
        this.counters = counters;
        this.observer = observer;
        vertx.setPeriodic(SWEEP.toMillis(), timer -> sweep());
    }

    void opened(HttpConnection connection) {
        counters.connectionOpened();
        connections.put(connection, new State());
        connection.closeHandler(closed -> gone(connection));
    }

    /** The connection is closed; after an upgrade Vert.x does not tell, and whoever forwards the frames does. */
    void gone(HttpConnection connection) {
        State state = connections.remove(connection);
        if (state == null) {
            return;
        }
        counters.connectionClosed();
        Observation last = state.current;
        if (last != null && last.request().response().ended()) {
            last.handle(null);
        }
    }

    /**
     * Counts a request until its response has ended, however it ends. Null when an earlier answer on the connection said
     * that it was the last one: what comes after it may be no request at all, but the rest of one nobody could read.
     */
    @Nullable
    Observation serve(HttpServerRequest request) {
        State state = connections.get(request.connection());
        if (state != null) {
            if (state.closing) {
                return null;
            }
            state.requests++;
        }
        counters.requestBegan();
        Observation observation = new Observation(this, state, request);
        if (state != null) {
            state.current = observation;
        }
        request.response().endHandler(observation);
        return observation;
    }

    RequestObserver observer() {
        return observer;
    }

    /** Called once for each, when its response has ended. */
    void ended(Observation observation, @Nullable State state) {
        counters.requestEnded();
        if (state != null) {
            state.ended(observation.request());
            state.current = null;
        }
        observer.ended(observation);
    }

    private void sweep() {
        long limit = System.nanoTime() - LIMIT.toNanos();
        // Closing calls the close handler, which takes it out of the map.
        for (Map.Entry<HttpConnection, State> entry : new ArrayList<>(connections.entrySet())) {
            if (entry.getValue().requests == 0 && entry.getValue().idleSince < limit) {
                entry.getKey().close();
            }
        }
    }
}
