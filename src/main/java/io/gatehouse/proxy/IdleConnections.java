package io.gatehouse.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;

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

    private static final class State {
        private int requests;
        private boolean closing;
        private long idleSince = System.nanoTime();
    }

    IdleConnections(Vertx vertx, TrafficCounters counters) {
        this.counters = counters;
        vertx.setPeriodic(SWEEP.toMillis(), timer -> sweep());
    }

    void opened(HttpConnection connection) {
        counters.connectionOpened();
        connections.put(connection, new State());
        connection.closeHandler(closed -> {
            counters.connectionClosed();
            connections.remove(connection);
        });
    }

    /**
     * Counts a request until its response has ended, however it ends. False when an earlier answer on the connection said
     * that it was the last one: what comes after it may be no request at all, but the rest of one nobody could read.
     */
    boolean serve(HttpServerRequest request) {
        State state = connections.get(request.connection());
        if (state != null) {
            if (state.closing) {
                return false;
            }
            counters.requestBegan();
            state.requests++;
            request.response().endHandler(ended -> {
                counters.requestEnded();
                state.requests--;
                state.idleSince = System.nanoTime();
                state.closing = request.response().headers().contains("connection", "close", true);
            });
        }
        return true;
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
